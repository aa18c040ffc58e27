import { connect, type NatsConnection } from 'nats';
import {
  serviceToken,
  SERVICES,
  shardOf,
  subjects,
  type MindEvent,
  type ServiceName,
  type TurnSignal,
} from '#libs/contracts';
import { systemClock, toErrorReply } from '#libs/kernel';
import { Link, LogClient, Metrics, Ownership, Requests, type Log } from '#libs/messaging';
import { readSettings, type ServiceContext } from '#libs/service';
import { startHttp, type HttpServer } from './adapters/http/http-server';
import { gatewaySettings, type GatewayConfig } from './config';
import { GatewayModule } from './gateway.module';

type Handler = (payload: Record<string, unknown>) => unknown;

export const SHARDS = 4;

/** Stands for all other services: answers what a test tells it to, and keeps what it was asked. */
export class FakeServices {
  readonly asked: { service: ServiceName; verb: string; payload: Record<string, unknown> }[] = [];
  private readonly handlers = new Map<string, Handler>();

  private constructor(readonly nc: NatsConnection) {}

  static async connect(url: string): Promise<FakeServices> {
    const fake = new FakeServices(await connect({ servers: url }));
    for (const service of SERVICES) {
      const token = serviceToken(service);
      for (const subject of [`pmm.v1.${token}.*.*`, `pmm.v1.${token}.minds`]) fake.serve(service, subject);
    }
    await fake.nc.flush();
    return fake;
  }

  on(service: ServiceName, verb: string, handler: Handler): void {
    this.handlers.set(`${service} ${verb}`, handler);
  }

  reset(): void {
    this.handlers.clear();
    this.asked.length = 0;
  }

  payloads(service: ServiceName, verb: string) {
    return this.asked.filter((one) => one.service === service && one.verb === verb).map((one) => one.payload);
  }

  publishBatch(mind: string, events: MindEvent[]): void {
    const batch = {
      v: 1,
      mind,
      from: events[0]?.position,
      to: events.at(-1)?.position,
      headHash: 'h',
      events,
    };
    this.nc.publish(subjects.batch(shardOf(mind, SHARDS), mind), JSON.stringify(batch));
  }

  /** Whether anybody listens to a mind's batches: a request that nobody can take is answered so at once. */
  async isFollowed(mind: string): Promise<boolean> {
    const old = JSON.stringify({ v: 1, mind, from: 0, to: 0, events: [] });
    const asked = this.nc.request(subjects.batch(shardOf(mind, SHARDS), mind), old, { timeout: 100 });
    const code: unknown = await asked.then(
      () => '',
      (error: { code?: string }) => error.code,
    );
    return code !== '503';
  }

  publishSignal(mind: string, turnId: string, signal: TurnSignal): void {
    this.nc.publish(subjects.turn(mind, turnId), JSON.stringify(signal));
  }

  /** Answers the service protocol as one member of a service; without `serving` as one of an older release. */
  member(service: ServiceName, instance: string, data: object = {}, serving?: string): () => void {
    const stats = {
      instance,
      startedAt: '2026-01-01T00:00:00.000Z',
      shards: [0],
      counters: {},
      metrics: [],
      ...data,
    };
    const answers = {
      PING: { name: service, metadata: { serving } },
      STATS: { name: service, id: instance, data: stats },
    };
    const subscriptions = Object.entries(answers).map(([verb, answer]) =>
      this.nc.subscribe(`$SRV.${verb}`, {
        callback: (_, message) => void message.respond(JSON.stringify(answer)),
      }),
    );
    return () => subscriptions.forEach((one) => one.unsubscribe());
  }

  private serve(service: ServiceName, subject: string): void {
    this.nc.subscribe(subject, {
      callback: (_, message) => {
        if (!message.reply) return;
        const verb = message.subject.split('.').at(-1) ?? '';
        const payload = message.json<Record<string, unknown>>();
        this.asked.push({ service, verb, payload });
        const handler = this.handlers.get(`${service} ${verb}`);
        if (!handler) return;
        Promise.resolve()
          .then(() => handler(payload))
          .then(
            (reply) => reply !== undefined && message.respond(JSON.stringify(reply)),
            (error) => message.respond(JSON.stringify(toErrorReply(error))),
          );
      },
    });
  }
}

export interface Gateway {
  url: string;
  port: number;
  log: string[];
  close(): Promise<void>;
}

/** A gateway of this process on a free port. */
export async function startGateway(
  natsUrl: string,
  environment: Record<string, string> = {},
): Promise<Gateway> {
  const config = readSettings(gatewaySettings, { PMM_HTTP_PORT: '0', PMM_NATS_URL: natsUrl, ...environment });
  const lines: string[] = [];
  const note = (message: string, error?: unknown) =>
    void lines.push(error ? `${message}: ${String(error)}` : message);
  const log: Log = { info: note, warn: note, error: note };
  const context = await contextOf(config, log);
  const starting = startHttp(GatewayModule.forContext(context), {
    host: config.PMM_HTTP_HOST,
    port: config.PMM_HTTP_PORT,
    token: config.PMM_API_TOKEN,
    allowedHosts: config.PMM_HTTP_ALLOWED_HOSTS,
    version: '0.0.0',
    metrics: context.metrics,
    logger: false,
  });
  const server: HttpServer = await starting.catch(async (error: unknown) => {
    await context.link.close();
    throw error;
  });
  const close = async () => {
    await server.close();
    await context.link.close();
  };
  return { url: `http://127.0.0.1:${server.port}`, port: server.port, log: lines, close };
}

async function contextOf(config: GatewayConfig, log: Log): Promise<ServiceContext<GatewayConfig>> {
  const instance = 'gateway-under-test';
  const link = await Link.connect({ url: config.PMM_NATS_URL, name: instance, log });
  const metrics = new Metrics({ service: 'gateway', instance });
  const requests = new Requests(link, SHARDS);
  const logClient = new LogClient(requests, metrics);
  const clock = systemClock;
  const ownership = new Ownership({ service: 'gateway', instance, shards: SHARDS, link, clock, log });
  return { instance, config, link, requests, logClient, ownership, metrics, clock, log };
}

export const eventAt = (mind: string, position: number): MindEvent => ({
  mind,
  position,
  id: `id-${position}`,
  kind: 'x.test',
  version: 1,
  at: '2026-01-01T00:00:00.000Z',
  content: `event ${position}`,
  meta: {},
  prevHash: null,
  hash: `hash-${position}`,
});
