import { GatewayModule } from '../../gateway.module';
import { buildOpenApi } from './openapi';
import { routeNameOf } from './route.decorator';
import { ROUTES, type Route, type RouteName } from './routes';

const names = Object.keys(ROUTES) as RouteName[];

function handledNames(): RouteName[] {
  const controllers = Reflect.getMetadata('controllers', GatewayModule) as { prototype: object }[];
  return controllers.flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).flatMap((method) => {
      const handler: unknown = (prototype as Record<string, unknown>)[method];
      const name = typeof handler === 'function' ? routeNameOf(handler) : undefined;
      return name ? [name] : [];
    }),
  );
}

it('has exactly one handler for every route of the table', () => {
  expect(handledNames().sort()).toEqual([...names].sort());
});

it('documents exactly the routes of the table', () => {
  const { paths } = buildOpenApi('1');
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method} ${path}`),
  );
  const table = names.map((name) => `${ROUTES[name].method} ${ROUTES[name].path.replace(/:(\w+)/g, '{$1}')}`);
  expect(documented.sort()).toEqual(table.sort());
  expect(new Set(table).size).toBe(table.length);
});

/** The table of the interface, as promised: `method path`. */
const PROMISED = `
post /v1/minds · get /v1/minds · get /v1/minds/:id · post /v1/minds/:id/turns · get /v1/minds/:id/events
post /v1/minds/:id/events · get /v1/minds/:id/self-model · get /v1/minds/:id/knowledge
get /v1/minds/:id/commitments · post /v1/minds/:id/commitments · post /v1/minds/:id/commitments/:cid/close
post /v1/minds/:id/commitments/:cid/snooze · get /v1/minds/:id/reflections · post /v1/minds/:id/reflections
post /v1/minds/:id/identity · post /v1/minds/:id/knowledge · post /v1/minds/:id/ticks · post /v1/minds/:id/model
get /v1/minds/:id/verify · post /v1/minds/:id/archive · post /v1/minds/:id/unarchive · get /v1/minds/:id/export
post /v1/minds/:id/import · get /v1/minds/:id/stream · get /v1/system · get /healthz · get /readyz · get /metrics
`
  .split(/[·\n]/)
  .map((line) => line.trim())
  .filter((line) => line !== '');

it.each(PROMISED)('serves %s', (line) => {
  expect(names.map((name) => `${ROUTES[name].method} ${ROUTES[name].path}`)).toContain(line);
});

it('describes bodies by the schemas that check them', () => {
  const { paths } = buildOpenApi('1');
  const turn = paths['/v1/minds/{id}/turns']?.post as unknown as {
    requestBody: {
      content: Record<string, { schema: { required: string[]; additionalProperties: boolean } }>;
    };
    responses: Record<string, { content: Record<string, { schema: unknown }> }>;
  };
  const { schema } = turn.requestBody.content['application/json'] ?? {};
  expect(schema).toMatchObject({ required: ['text'], additionalProperties: false });
  expect(turn.responses['200']?.content['application/json']?.schema).toEqual({
    $ref: '#/components/schemas/turn',
  });
  expect(Object.keys(turn.responses)).toEqual(
    expect.arrayContaining(['400', '404', '409', '413', '429', '503']),
  );
});

it('needs a token for every route under /v1', () => {
  const open = names.filter((name) => (ROUTES[name] as Route).open);
  expect(open.filter((name) => ROUTES[name].path.startsWith('/v1'))).toEqual([]);
});

it('gives every reference a schema', () => {
  const document = JSON.stringify(buildOpenApi('1'));
  const { components } = buildOpenApi('1');
  for (const [, name = ''] of document.matchAll(/"#\/components\/schemas\/(\w+)"/g))
    expect(components?.schemas).toHaveProperty(name);
});
