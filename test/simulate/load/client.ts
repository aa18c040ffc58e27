import type { AppendReply, NewEvent, ServiceName } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { StatefulService } from '#libs/mind';
import { connect } from '../members/context';
import type { Process } from '../world/process';
import type { Random } from '../world/random';
import type { World } from '../world/world';
import type { History } from './history';

/** How long one request waits for its answer: its deadline. */
const PATIENCE_MS = 4_000;

type Payload = { mind: string } & Record<string, unknown>;

/** Somebody outside who asks, and asks again while that may help. */
export class Client {
  readonly process: Process;
  private readonly parts: ReturnType<typeof connect>;

  constructor(
    private readonly world: World,
    private readonly random: Random,
    readonly history: History,
  ) {
    this.process = world.process('client');
    this.parts = connect(world, this.process);
  }

  /** Begins at some time from now; what becomes of it is written into the history. */
  later(ms: number, what: string, work: () => Promise<void>): void {
    const { scheduler, trace } = this.world;
    const { waiting } = this.history;
    const name = `${what} (${waiting.size}/${scheduler.steps}/${Math.round(ms)})`;
    waiting.add(name);
    scheduler.after(ms, this.process, () => {
      trace.note('client', () => `begins: ${name}`);
      work().then(
        () => this.ended(name, 'done'),
        (error: unknown) => {
          if (!(error instanceof AppError) || error.code === 'internal')
            this.world.violated('every failure has its code', `${name}: ${stackOf(error)}`);
          this.ended(name, `refused: ${String(error)}`);
        },
      );
    });
  }

  async append(mind: string, events: NewEvent[], expectedPosition?: number): Promise<AppendReply> {
    const reply = await this.ask<AppendReply>('event-log', 'append', { mind, events, expectedPosition });
    this.history.acknowledged.push({ mind, ids: events.map(({ id }) => id), expectedPosition, reply });
    return reply;
  }

  /** A reply about a mind's state, with what it must not be older than. */
  async see(service: StatefulService, verb: string, payload: Payload & { minPosition?: number }) {
    const reply = await this.ask<{ watermark: number; digest: string }>(service, verb, payload);
    const { watermark, digest } = reply;
    const { mind, minPosition = 0 } = payload;
    this.history.seen.push({ service, mind, minPosition, watermark, digest });
    return reply;
  }

  /** The same request again while the failure says that this may help. @throws AppError any other failure. */
  async ask<T>(service: ServiceName, verb: string, payload: Payload, final = isFinal): Promise<T> {
    for (;;) {
      try {
        return await this.parts.requests.ask<T>(service, payload.mind, verb, payload, {
          timeoutMs: PATIENCE_MS,
        });
      } catch (error) {
        this.world.trace.note('client', () => `${service} ${verb} of ${payload.mind}: ${String(error)}`);
        if (!(error instanceof AppError) || final(error)) throw error;
        await this.world.scheduler.wait(this.random.between(50, 800));
      }
    }
  }

  private ended(name: string, how: string): void {
    this.history.waiting.delete(name);
    this.world.trace.note('client', () => `${how}: ${name}`);
  }
}

const isFinal = ({ retryable }: AppError): boolean => !retryable;
const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
