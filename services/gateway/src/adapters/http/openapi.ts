import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ERROR_CODES, idempotencyKeySchema } from '#libs/contracts';
import { replies } from './replies';
import { PARAMETERS, ROUTES, type Route, type RouteName } from './routes';

type Json = Record<string, unknown>;

const inputSchema = (schema: z.ZodType): Json => withoutDialect(z.toJSONSchema(schema, { io: 'input' }));
const outputSchema = (schema: z.ZodType): Json => withoutDialect(z.toJSONSchema(schema, { io: 'output' }));

function withoutDialect(schema: Json): Json {
  const rest = { ...schema };
  delete rest.$schema;
  return rest;
}

const referTo = (schema: z.ZodType): Json => {
  const name = Object.entries(replies).find(([, one]) => one === schema)?.[0];
  return name ? { $ref: `#/components/schemas/${name}` } : outputSchema(schema);
};

const content = (type: string, schema: Json): Json => ({ content: { [type]: { schema } } });
const text: Json = { type: 'string' };

/** The OpenAPI 3.1 document of the gateway, made of the table of routes and the schemas that check requests. */
export function buildOpenApi(version: string): OpenAPIObject {
  const paths: Record<string, Json> = {};
  for (const name of Object.keys(ROUTES) as RouteName[]) {
    const route: Route = ROUTES[name];
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(name, route) };
  }
  const schemas = Object.fromEntries(
    Object.entries(replies).map(([name, schema]) => [name, outputSchema(schema)]),
  );
  return {
    openapi: '3.1.0',
    info: { title: 'Persistent Mind', version, description: DESCRIPTION },
    paths,
    components: { schemas, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  } as OpenAPIObject;
}

const DESCRIPTION = [
  'Minds whose every word, name, commitment and reflection is an event in a verified log.',
  'A failed request is answered `{ "error": { code, message, retryable } }`; unknown fields are refused.',
].join(' ');

function operationOf(name: RouteName, route: Route): Json {
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    parameters: parametersOf(route),
    ...(route.open ? {} : { security: [{ bearer: [] }] }),
    ...(bodyOf(route) ?? {}),
    responses: { [route.status]: answerOf(route), ...errorsOf(route) },
  };
}

function parametersOf(route: Route): Json[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: inputSchema(PARAMETERS[name as keyof typeof PARAMETERS]),
  }));
  const inQuery = Object.entries(route.query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: inputSchema(schema as z.ZodType),
  }));
  const headers = [
    ...(route.method === 'post' ? [header('Idempotency-Key', inputSchema(idempotencyKeySchema))] : []),
    ...(route.answer === 'stream' ? [header('Last-Event-ID', text)] : []),
  ];
  return [...inPath, ...inQuery, ...headers];
}

const header = (name: string, schema: Json): Json => ({ name, in: 'header', required: false, schema });

function bodyOf(route: Route): Json | null {
  if (route.method !== 'post') return null;
  if (route.upload) {
    const file = {
      'application/x-ndjson': { schema: text },
      'application/json': { schema: { type: 'array' } },
    };
    return { requestBody: { required: true, content: file } };
  }
  if (!route.body) return null;
  const required = Object.keys(route.body.shape).length > 0;
  return { requestBody: { required, ...content('application/json', inputSchema(route.body)) } };
}

function answerOf(route: Route): Json {
  const schema = route.reply ? referTo(route.reply) : { type: 'object' };
  const json = { 'application/json': { schema } };
  const events = { 'text/event-stream': { schema: text } };
  switch (route.answer) {
    case 'json':
      return { description: route.summary, content: json };
    case 'turn':
      return {
        description: 'The reply, or events `token`, `restart`, `done`, `error`',
        content: { ...json, ...events },
      };
    case 'stream':
      return { description: 'One event per batch; its id is the last position', content: events };
    case 'ndjson':
      return { description: route.summary, ...content('application/x-ndjson', text) };
    case 'text':
      return { description: route.summary, ...content('text/plain', text) };
    case 'page':
      return { description: route.summary };
  }
}

function errorsOf(route: Route): Json {
  const body = content('application/json', referTo(replies.error));
  const used = Object.entries(ERROR_CODES).filter(([, { status }]) => status !== route.status);
  const statuses = [...new Set(used.map(([, { status }]) => status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = used.filter(([, one]) => one.status === status).map(([code]) => `\`${code}\``);
      return [status, { description: codes.join(', '), ...body }];
    }),
  );
}
