import { LRUCache } from 'lru-cache';
import type { ImportReply, ImportRequest } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Announcer } from './announcer';
import { ImportSession } from './import-session';
import type { ImportStore } from './import-store.port';
import type { MindCache } from './mind-cache';

const QUIET_MS = 30_000;
/** Ended imports whose outcome is remembered for a repeat of their last chunk. */
const REMEMBERED = 200;

interface Open {
  id: string;
  mind: string;
  /** Absent until the transaction is open. */
  session?: ImportSession;
  /** Chunks are worked on one after the other, even when a caller repeats itself. */
  work: Promise<unknown>;
  timer?: NodeJS.Timeout;
}

type Outcome = { reply: ImportReply } | { failure: AppError };

export interface ImportSessionsParts {
  store: ImportStore;
  minds: MindCache;
  announcer: Announcer;
  clock: Clock;
  /** How long an import may stay without a chunk. */
  quietMs?: number;
  onRollbackFailed: (mind: string, error: unknown) => void;
}

/** The imports under way. A mind has at most one, and no append meanwhile. */
export class ImportSessions {
  private readonly open = new Map<string, Open>();
  private readonly ended = new LRUCache<string, Outcome>({ max: REMEMBERED });
  private closed = false;

  constructor(private readonly parts: ImportSessionsParts) {}

  /** Whether an import has this mind to itself. */
  holds(mind: string): boolean {
    return this.open.has(mind);
  }

  /** @throws AppError `invalid_request` naming the first bad event id, `busy`, `version_conflict`, `unknown_mind`, … */
  async take(request: ImportRequest): Promise<ImportReply> {
    const ended = this.ended.get(request.session);
    if (ended) return unwrap(ended);
    const open = this.sessionOf(request);
    const result = open.work.then(() => this.chunk(open, request));
    // Who comes next only waits for the end; the failure itself goes to the caller of this chunk.
    open.work = result.catch(() => undefined);
    return result;
  }

  /** Gives up everything that is not committed. */
  async close(): Promise<void> {
    this.closed = true;
    const stopping = new AppError('unavailable', 'this event-log is stopping; import again');
    await Promise.all([...this.open.values()].map((open) => this.giveUpNext(open, stopping)));
  }

  /** Another member serves the minds of this shard from now on. */
  async release(shard: number): Promise<void> {
    const moved = [...this.open.values()].filter(({ mind }) => this.parts.minds.shardOf(mind) === shard);
    const failure = new AppError('unavailable', 'the mind has moved to another event-log; import again');
    await Promise.all(moved.map((open) => this.giveUpNext(open, failure)));
  }

  private sessionOf({ mind, session, seq }: ImportRequest): Open {
    const open = this.open.get(mind);
    if (open?.id === session) return open;
    if (open) throw new AppError('busy', `another import fills the log of ${mind}; try again later`);
    if (this.closed) throw new AppError('unavailable', 'this event-log is stopping; import again');
    if (seq !== 0)
      throw new AppError('unavailable', 'this import is not known here (any more); import again');
    const fresh: Open = { id: session, mind, work: Promise.resolve() };
    this.open.set(mind, fresh);
    return fresh;
  }

  private async chunk(open: Open, request: ImportRequest): Promise<ImportReply> {
    clearTimeout(open.timer);
    const ended = this.ended.get(open.id);
    if (ended) return unwrap(ended);
    try {
      if (request.abort) throw new AppError('invalid_request', 'the import was given up by its caller');
      open.session ??= await this.begin(open.mind);
      const reply = await open.session.take(request);
      if (reply.done) this.finished(open, reply);
      else open.timer = setTimeout(() => void this.quiet(open), this.parts.quietMs ?? QUIET_MS);
      return reply;
    } catch (error) {
      await this.giveUp(open, error);
      if (request.abort) return { events: 0, done: false };
      throw error;
    }
  }

  /** The mind is held from here on, so that what the import makes of it is known here at its end. */
  private async begin(mind: string): Promise<ImportSession> {
    await this.parts.minds.state(mind);
    return new ImportSession(mind, await this.parts.store.begin(mind), this.parts.clock.now());
  }

  private finished(open: Open, reply: ImportReply): void {
    const { minds, announcer } = this.parts;
    const head = open.session?.head;
    this.end(open, { reply });
    if (!head || head.position === 0) return;
    minds.setImportedTo(open.mind, head.position);
    minds.advance(open.mind, head);
    announcer.announce([{ mind: open.mind, from: 1, to: head.position }]);
  }

  private quiet(open: Open): Promise<void> {
    const seconds = (this.parts.quietMs ?? QUIET_MS) / 1000;
    return this.giveUpNext(
      open,
      new AppError('timeout', `the import was given up: no chunk came for ${seconds} s`),
    );
  }

  /** Once what is under way for it has ended; a chunk that comes meanwhile finds it given up. */
  private giveUpNext(open: Open, failure: AppError): Promise<void> {
    const givenUp = open.work.then(() => this.giveUp(open, failure));
    open.work = givenUp;
    return givenUp;
  }

  /** Nothing of it stays, and its caller hears why, also if it asks again. */
  private async giveUp(open: Open, error: unknown): Promise<void> {
    if (this.open.get(open.mind) !== open) return;
    const failure =
      error instanceof AppError ? error : new AppError('internal', 'the import failed', { cause: error });
    try {
      await open.session?.rollback();
    } catch (cause) {
      this.parts.onRollbackFailed(open.mind, cause);
    }
    this.parts.minds.dropHead(open.mind);
    this.end(open, { failure });
  }

  private end(open: Open, outcome: Outcome): void {
    clearTimeout(open.timer);
    this.open.delete(open.mind);
    this.ended.set(open.id, outcome);
  }
}

function unwrap(outcome: Outcome): ImportReply {
  if ('failure' in outcome) throw outcome.failure;
  return outcome.reply;
}
