import { AppError, type Clock } from '#libs/kernel';
import { planAppends } from '../core/append-plan.core';
import type { ChainedEvent } from '../core/chain.core';
import { judgeIds } from '../core/judgement.core';
import { archived, reject, settleJudged, settlePlanned, type AppendJob } from './append-job';
import type { CommitLog } from './commit-log';
import { InsertFault, type EventStore } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';

/** How often a fault of each kind is met before the writer gives up; the caller may try again, ids keep it safe. */
const ATTEMPTS = { conflict: 25, locked: 2, unknown: 4, refused: 1 } as const;
const PAUSE_MS = { conflict: 2, locked: 50, unknown: 250, refused: 0 } as const;
const EVENTS_AT_ONCE = 400;
const MINDS_AT_ONCE = 2;

export interface AskingWriterParts {
  events: EventStore;
  minds: Pick<MindCache, 'refresh' | 'dropHeads'>;
  commits: CommitLog;
  clock: Clock;
  meter: LogMeter;
}

/**
 * The slow way in, for appends that the fast way can't judge: it asks the database for the true head and for the ids
 * first, then writes, and begins again when somebody else was faster or when the answer was lost. One mind at a time
 * is worked on by one run, so that its appends keep their order.
 */
export class AskingWriter {
  private readonly queues = new Map<string, AppendJob[]>();
  private readonly runnable: string[] = [];
  private running = 0;
  private onIdle: (() => void)[] = [];

  constructor(private readonly parts: AskingWriterParts) {}

  /** Whether appends of this mind are on the slow way now: later ones must follow them. */
  holds(mind: string): boolean {
    return this.queues.has(mind);
  }

  add(job: AppendJob): void {
    const queue = this.queues.get(job.mind);
    if (queue) {
      queue.push(job);
      return;
    }
    this.queues.set(job.mind, [job]);
    this.runnable.push(job.mind);
    this.next();
  }

  idle(): Promise<void> {
    return this.queues.size === 0 ? Promise.resolve() : new Promise((resolve) => this.onIdle.push(resolve));
  }

  private next(): void {
    while (this.running < MINDS_AT_ONCE) {
      const mind = this.runnable.shift();
      if (mind === undefined) break;
      this.running += 1;
      void this.drain(mind);
    }
  }

  /** Never rejects: every failure is the answer of the appends that it struck. */
  private async drain(mind: string): Promise<void> {
    const queue = this.queues.get(mind) ?? [];
    while (queue.length > 0) await this.settle(mind, takeSome(queue));
    this.queues.delete(mind);
    this.running -= 1;
    this.next();
    if (this.queues.size === 0) this.onIdle.splice(0).forEach((resolve) => resolve());
  }

  private async settle(mind: string, jobs: readonly AppendJob[]): Promise<void> {
    const met = { conflict: 0, locked: 0, unknown: 0, refused: 0 };
    for (let open = this.waitedFor(jobs); open.length > 0; open = this.waitedFor(open)) {
      const round = await this.round(mind, open);
      open = round.open;
      const { fault } = round;
      if (fault === undefined) continue;
      if (!(fault instanceof InsertFault)) return rejectAll(open, asError(fault));
      this.parts.meter.judged(fault.kind);
      if (fault.kind === 'unknown') this.parts.minds.dropHeads();
      met[fault.kind] += 1;
      if (fault.kind === 'refused') return this.apart(mind, open, fault);
      if (met[fault.kind] >= ATTEMPTS[fault.kind]) return rejectAll(open, tooOften(mind, fault));
      await this.parts.clock.sleep(PAUSE_MS[fault.kind] * Math.min(met[fault.kind], 4));
    }
  }

  /** One time through: ask, judge, write. `open` are those that have no answer yet. */
  private async round(
    mind: string,
    jobs: readonly AppendJob[],
  ): Promise<{ open: AppendJob[]; fault?: unknown }> {
    const { events, minds, clock } = this.parts;
    let open = [...jobs];
    try {
      // The head first: what is in the log by then is known when its ids are asked for.
      const { head, record } = await minds.refresh(mind);
      const known = await events.known(
        mind,
        jobs.flatMap((job) => job.events.map(({ id }) => id)),
      );
      const byId = new Map(known.map((event) => [event.id, event]));
      open = jobs.filter((job) => !settleJudged(job, judgeIds(job.events, byId), head));
      if (record.archivedAt !== null) throw archived(mind);
      const [together, later] = withoutRepeatedIds(open);
      const plan = planAppends(mind, head, together, clock.now());
      if (plan.events.length > 0) await this.write(plan.events);
      together.forEach((job, index) => settlePlanned(job, plan.outcomes[index]));
      return { open: later };
    } catch (fault) {
      return { open, fault };
    }
  }

  private async write(chain: readonly ChainedEvent[]): Promise<void> {
    const { events, commits, clock, meter } = this.parts;
    const started = clock.monotonicMs();
    await events.insert(chain);
    meter.committed(chain.length, (clock.monotonicMs() - started) / 1000);
    commits.committed([chain]);
  }

  /** The database refuses something in it: each append alone, so that only the bad one fails. */
  private async apart(mind: string, jobs: readonly AppendJob[], fault: InsertFault): Promise<void> {
    const [only, ...others] = jobs;
    if (only && others.length === 0) return reject(only, asError(fault.cause));
    for (const job of jobs) await this.settle(mind, [job]);
  }

  private waitedFor(jobs: readonly AppendJob[]): AppendJob[] {
    const now = this.parts.clock.now();
    const late = jobs.filter((job) => job.deadlineAt < now);
    rejectAll(
      late,
      new AppError('timeout', 'the append waited past its deadline; its ids make a repeat safe'),
    );
    return jobs.filter((job) => job.deadlineAt >= now);
  }
}

function takeSome(queue: AppendJob[]): AppendJob[] {
  let events = 0;
  const fits = queue.findIndex((job, index) => (events += job.events.length) > EVENTS_AT_ONCE && index > 0);
  return queue.splice(0, fits === -1 ? queue.length : fits);
}

/** The same id twice in one statement would be a conflict with itself: the second one is judged after the first. */
function withoutRepeatedIds(jobs: readonly AppendJob[]): [AppendJob[], AppendJob[]] {
  const seen = new Set<string>();
  const [together, later]: [AppendJob[], AppendJob[]] = [[], []];
  for (const job of jobs) {
    const isFirst = later.length === 0 && job.events.every(({ id }) => !seen.has(id));
    (isFirst ? together : later).push(job);
    for (const { id } of job.events) seen.add(id);
  }
  return [together, later];
}

const rejectAll = (jobs: readonly AppendJob[], failure: Error): void =>
  jobs.forEach((job) => reject(job, failure));

const asError = (value: unknown): Error => (value instanceof Error ? value : new Error(String(value)));

function tooOften(mind: string, fault: InsertFault): AppError {
  return fault.kind === 'unknown'
    ? new AppError('unavailable', 'the database does not answer; ids make a repeat safe', { cause: fault })
    : new AppError('busy', `other writers hold the log of ${mind}; try again`, { cause: fault });
}
