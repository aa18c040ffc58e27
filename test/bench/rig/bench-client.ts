import { connect, type NatsConnection } from 'nats';
import {
  isErrorReply,
  SERVICES,
  shardOf,
  subjects,
  type Head,
  type MindInfo,
  type ServiceName,
  type ServiceStats,
  type StateReply,
  type TickReply,
} from '#libs/contracts';
import { AppError, fromErrorReply } from '#libs/kernel';
import { waitUntil } from '#deploy/local/waiting';
import { ServiceCounters } from './service-counters';

export const STATEFUL = ['projection', 'commitment', 'reflection', 'conversation'] as const;
const TIMEOUT_MS = 60_000;
const STATS_MS = 10_000;
const LOAD_MS = 300_000;
const encoder = new TextEncoder();

/** Speaks to the services as any NATS client may: plain JSON on the documented subjects. */
export class BenchClient {
  private constructor(
    readonly nc: NatsConnection,
    readonly shards: number,
    private readonly present: readonly string[],
  ) {}

  static async connect(url: string, shards: number, present: readonly string[]): Promise<BenchClient> {
    return new BenchClient(await connect({ servers: url, name: 'pmm-bench' }), shards, present);
  }

  subject(service: ServiceName, mind: string, verb: string): string {
    return subjects.request(service, shardOf(mind, this.shards), verb);
  }

  /** @throws AppError of the reply, NatsError */
  async ask<T>(service: ServiceName, mind: string, verb: string, payload: object = {}): Promise<T> {
    return this.send<T>(
      this.subject(service, mind, verb),
      encoder.encode(JSON.stringify({ mind, ...payload })),
    );
  }

  async send<T>(subject: string, payload: Uint8Array): Promise<T> {
    const reply: unknown = (await this.nc.request(subject, payload, { timeout: TIMEOUT_MS })).json();
    if (isErrorReply(reply)) throw fromErrorReply(reply);
    return reply as T;
  }

  tick(mind: string): Promise<TickReply> {
    return this.ask('tick-coordinator', mind, 'tick');
  }

  async head(mind: string): Promise<Head> {
    return (await this.ask<MindInfo>('event-log', mind, 'get')).head;
  }

  /** Resolves when every cache has folded a position. */
  async folded(mind: string, minPosition: number): Promise<void> {
    await Promise.all(STATEFUL.map((name) => this.ask<StateReply>(name, mind, 'state', { minPosition })));
  }

  /** Brings minds into every cache, however long their logs are. */
  async warm(minds: readonly string[]): Promise<void> {
    let next = 0;
    const lane = async () => {
      for (let mind = minds[next++]; mind !== undefined; mind = minds[next++]) await this.load(mind);
    };
    await Promise.all(Array.from({ length: 8 }, lane));
  }

  private async load(mind: string): Promise<void> {
    const { position } = await this.head(mind);
    await Promise.all(STATEFUL.map((name) => this.loaded(name, mind, position)));
  }

  /** Resolves when a service has folded a mind this far, however long it takes to load. */
  async loaded(name: ServiceName, mind: string, minPosition: number): Promise<void> {
    const isThere = () =>
      this.ask(name, mind, 'state', { minPosition }).then(
        () => true,
        (error: unknown) => {
          if (error instanceof AppError && !error.retryable) throw error;
          return false;
        },
      );
    if (!(await waitUntil(isThere, { timeoutMs: LOAD_MS })))
      throw new Error(`${name} did not load ${mind} within ${LOAD_MS / 1000} s`);
  }

  /** The counters of every service that runs. */
  async counters(): Promise<ServiceCounters> {
    const names = SERVICES.filter((name) => this.present.includes(name));
    const stats = await Promise.all(names.map((name) => this.stats(name)));
    return new ServiceCounters(Object.fromEntries(names.map((name, n) => [name, stats[n] as ServiceStats])));
  }

  private async stats(name: ServiceName): Promise<ServiceStats> {
    const reply = await this.nc.request(`$SRV.STATS.${name}`, '', { timeout: STATS_MS });
    return reply.json<{ data: ServiceStats }>().data;
  }

  /** Resolves when every cache has folded all that was appended since `before`, and nothing more comes. */
  async allFolded(before: ServiceCounters, timeoutMs = 120_000): Promise<ServiceCounters> {
    const isDone = async () => {
      const now = await this.counters();
      const appended = now.since(before, 'event-log', 'pmm_appended_events_total');
      return STATEFUL.every((name) => now.since(before, name, 'pmm_events_folded_total') >= appended) && now;
    };
    const now = await waitUntil(isDone, { timeoutMs, everyMs: 20 });
    if (!now) throw new Error('the caches did not fold all that was appended');
    return now;
  }

  async close(): Promise<void> {
    await this.nc.close();
  }
}
