import { NestFactory } from '@nestjs/core';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import helmet from 'helmet';
import type { IncomingMessage, Server } from 'node:http';
import { underTrace, type Metrics } from '#libs/messaging';
import { SettingsError } from '#libs/service';
import { Gate } from './gate';
import { countRequests } from './http-metrics';
import { buildOpenApi } from './openapi';
import { hostsOf } from './own-hosts';

export interface HttpServerOptions {
  host: string;
  port: number;
  token?: string;
  allowedHosts: readonly string[];
  version: string;
  metrics: Metrics;
  logger: LoggerService | false;
}

export interface HttpServer {
  /** The port that was taken. */
  port: number;
  /** Takes nothing new, lets what runs come to its end for a while, then cuts it off. */
  close(): Promise<void>;
}

const MOST_REQUESTS = 200;
const MOST_STREAMS = 200;
const MOST_CONNECTIONS = 2_000;
const KEEP_ALIVE_MS = 65_000;
/** Under the 10 s in which a service must have ended. */
const GRACE_MS = 7_000;

/** Listens, with everything that a request passes on its way to a controller. @throws SettingsError when it can't */
export async function startHttp(module: DynamicModule, options: HttpServerOptions): Promise<HttpServer> {
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    logger: options.logger,
    abortOnError: false,
  });
  const { token, allowedHosts } = options;
  const ownHosts = hostsOf(options.host);
  const gate = new Gate({
    ...{ token, allowedHosts, ownHosts, mostRequests: MOST_REQUESTS, mostStreams: MOST_STREAMS },
  });
  app.set('etag', false);
  app.use(traced);
  app.use(countRequests(options.metrics));
  app.use(helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(noStore);
  app.use(gate.enter);
  SwaggerModule.setup('docs', app, buildOpenApi(options.version), {
    jsonDocumentUrl: 'docs/json',
    raw: ['json'],
  });
  const server = app.getHttpServer() as unknown as Server;
  prepareServer(server);
  const port = await listen(app, options);
  return { port, close: () => close(app, server, gate) };
}

/** Own bounds replace Node's on whole requests: an import may take hours, as long as bytes keep coming. */
function prepareServer(server: Server): void {
  server.requestTimeout = 0;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = MOST_CONNECTIONS;
}

const traced = ({ headers }: IncomingMessage, _: unknown, next: () => void) =>
  underTrace(headers.traceparent?.toString(), next);

const noStore = (
  _: unknown,
  response: { setHeader(name: string, value: string): void },
  next: () => void,
) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

async function listen(app: NestExpressApplication, { host, port }: HttpServerOptions): Promise<number> {
  try {
    const server = (await app.listen(port, host)) as Server;
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  } catch (cause) {
    await app.close();
    throw new SettingsError(whyNot(cause, host, port), { cause });
  }
}

function whyNot(cause: unknown, host: string, port: number): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken; end what uses it, or set PMM_HTTP_PORT to another`;
    case 'EACCES':
      return `this account may not listen on port ${port}; set PMM_HTTP_PORT to 1024 or more`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `PMM_HTTP_HOST: ${host} is no address of this machine`;
    default:
      return `can't listen on ${host}:${port}: ${message}`;
  }
}

async function close(app: NestExpressApplication, server: Server, gate: Gate): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await gate.close(GRACE_MS);
  server.closeAllConnections();
  await closed;
  await app.close();
}
