import { AppError } from '#libs/kernel';
import { InsertFault, type InsertFaultKind } from '../../../services/event-log/src/app/event-store.port';
import type { MindRecord, MindState, NewMind } from '../../../services/event-log/src/app/mind-store.port';
import { EMPTY_HEAD, type ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import type { Process } from './process';
import type { Random } from './random';
import type { Scheduler } from './scheduler';
import type { Trace } from './trace';

export interface Table {
  record: MindRecord;
  /** The last requests that archived it or took it out, newest first. */
  archiveRequests: string[];
  shard: number;
  byPosition: Map<number, ChainedEvent>;
  byId: Map<string, ChainedEvent>;
  byPrevHash: Map<string | null, ChainedEvent>;
  last: ChainedEvent | null;
}

/** An open transaction that fills the log of a mind. */
export interface Filling {
  mind: string;
  process: Process;
  /** Of connections, when it began: a later one ended it. */
  losses: number;
  events: ChainedEvent[];
  /** Its COMMIT is on its way, and may be carried out though the connection was lost. */
  committing: boolean;
  ended: boolean;
}

interface Call {
  process: Process;
  reject: (error: unknown) => void;
  lost: () => unknown;
  ended: boolean;
}

/** What a database says no to. */
export class Refused extends Error {
  constructor(readonly kind: InsertFaultKind) {
    super(kind);
  }
}

/** PostgreSQL as far as the log depends on it: unique keys, all or nothing, and answers that may never come. */
export class Database {
  up = true;
  /** Probabilities of bad luck. */
  trouble = { locked: 0, slow: 0, slowMs: 0 };
  readonly minds = new Map<string, Table>();
  /** The newest transaction on each mind's row. */
  readonly fillings = new Map<string, Filling>();
  /** How often connections were lost. */
  losses = 0;
  private readonly calls = new Set<Call>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly trace: Trace,
  ) {}

  /**
   * Carries out a statement for a process: sent now, done a little later, answered later still. A lost connection
   * loses the answer; what was sent may then be done or not, even afterwards. `onDropped` hears that it is not.
   */
  run<T>(
    process: Process,
    work: () => T,
    lost: () => unknown,
    onDropped: () => void = () => undefined,
  ): Promise<T> {
    const { random, scheduler } = this;
    return new Promise((resolve, reject) => {
      const call: Call = { process, reject, lost, ended: false };
      this.calls.add(call);
      const end = (settle: () => void) =>
        scheduler.after(this.latency(), process, () => {
          if (call.ended) return;
          call.ended = true;
          this.calls.delete(call);
          settle();
        });
      const refuse = () => {
        onDropped();
        end(() => reject(call.lost()));
      };
      if (!this.up) return refuse();
      scheduler.after(this.latency(), null, () => {
        if (call.ended && random.chance(0.5)) return onDropped();
        if (!this.up) return refuse();
        try {
          const value = work();
          end(() => resolve(value));
        } catch (error) {
          end(() => reject(error));
        }
      });
    });
  }

  /** Every statement under way is without an answer, of one process or of all. */
  loseConnections(process?: Process): void {
    this.losses += 1;
    for (const call of [...this.calls]) {
      if (process && call.process !== process) continue;
      call.ended = true;
      this.calls.delete(call);
      this.scheduler.after(0.01, call.process, () => call.reject(call.lost()));
    }
  }

  /** By bad luck another transaction holds a row for too long; or a mind is archived. @throws Refused */
  insertIfFree(events: readonly ChainedEvent[], by: string): void {
    if (this.random.chance(this.trouble.locked)) throw new Refused('locked');
    if (events.some(({ mind }) => (this.filling(mind)?.events.length ?? 0) > 0)) throw new Refused('locked');
    this.assertAwake(events);
    this.insert(events, by);
  }

  /** All or nothing. @throws Refused */
  insert(events: readonly ChainedEvent[], by: string): void {
    const what = () => events.map(({ mind, position, kind }) => `${mind} #${position} ${kind}`).join(', ');
    const done: ChainedEvent[] = [];
    for (const event of events) {
      if (!this.insertOne(event)) {
        done.forEach((other) => this.undo(other));
        this.trace.note('database', () => `refuses ${what()} of ${by}`);
        throw new Refused('conflict');
      }
      done.push(event);
    }
    this.trace.note('database', () => `stores ${what()} of ${by}`);
  }

  /** Whether a transaction holds the row of a mind. */
  isFilled(mind: string): boolean {
    return this.filling(mind) !== undefined;
  }

  /** @throws Refused */
  assertAwake(events: readonly ChainedEvent[]): void {
    if (events.some(({ mind }) => this.isArchived(mind))) throw new Refused('conflict');
  }

  isArchived(mind: string): boolean {
    return (this.table(mind)?.record.archivedAt ?? null) !== null;
  }

  table(mind: string): Table | undefined {
    return this.minds.get(mind);
  }

  /** A new mind, without events. */
  found({ shard, ...mind }: Omit<NewMind, 'createdAtMs'>, createdAtMs: number): Table {
    const record = { ...mind, createdAt: new Date(createdAtMs).toISOString() };
    const table: Table = {
      record: { ...record, importedTo: 0, archivedAt: null },
      archiveRequests: [],
      ...{ shard, last: null, byPosition: new Map(), byId: new Map(), byPrevHash: new Map() },
    };
    this.minds.set(mind.id, table);
    return table;
  }

  /** The rows of a mind in order of position. */
  log(mind: string): ChainedEvent[] {
    return [...(this.minds.get(mind)?.byPosition.values() ?? [])].sort((a, b) => a.position - b.position);
  }

  state(table: Table): MindState {
    const { record, last } = table;
    return {
      record,
      head: last ? { position: last.position, hash: last.hash, atMs: last.atMs } : EMPTY_HEAD,
    };
  }

  protected insertOne(event: ChainedEvent): boolean {
    const table = this.minds.get(event.mind);
    if (!table) throw new Refused('refused');
    const taken =
      table.byPosition.has(event.position) ||
      table.byId.has(event.id) ||
      table.byPrevHash.has(event.prevHash);
    if (!taken) this.put(table, event);
    return !taken;
  }

  protected put(table: Table, event: ChainedEvent): void {
    table.byPosition.set(event.position, event);
    table.byId.set(event.id, event);
    table.byPrevHash.set(event.prevHash, event);
    if (event.position > (table.last?.position ?? 0)) table.last = event;
  }

  /** What died, or has lost its connection, holds nothing any more. */
  private filling(mind: string): Filling | undefined {
    const filling = this.fillings.get(mind);
    if (!filling || filling.ended) return undefined;
    const isConnected = filling.losses === this.losses && filling.process.state !== 'dead';
    return isConnected || filling.committing ? filling : undefined;
  }

  private undo(event: ChainedEvent): void {
    const table = this.minds.get(event.mind);
    if (!table) return;
    table.byPosition.delete(event.position);
    table.byId.delete(event.id);
    table.byPrevHash.delete(event.prevHash);
    table.last = [...table.byPosition.values()].reduce<ChainedEvent | null>(
      (last, other) => (other.position > (last?.position ?? 0) ? other : last),
      null,
    );
  }

  private latency(): number {
    const { slow, slowMs } = this.trouble;
    const base = this.random.between(0.2, 1.5);
    return slow > 0 && this.random.chance(slow) ? base + this.random.between(0, slowMs) : base;
  }
}

export const lostInsert = (): unknown => new InsertFault('unknown', { cause: new Error('connection lost') });
export const lostAnswer = (): unknown => new AppError('unavailable', 'the database does not answer');
