import type { ErrorCode } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import { planAppends, type AppendPlan } from '../core/append-plan.core';
import { judgeIds } from '../core/judgement.core';
import { reject, settleJudged, settlePlanned, type AppendJob } from './append-job';
import type { AskingWriter } from './asking-writer';
import type { CommitLog } from './commit-log';
import { InsertFault, type EventStore } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';
import type { MindState } from './mind-store.port';
import type { TailCache } from './tail-cache';

/** One flush takes what waits, up to so much. */
const FLUSH_EVENTS = 400;
const FLUSH_BYTES = 4 * 1024 * 1024;
/** Turns of the event loop, at most, in which what streams in is let into a flush. */
const GATHER_TURNS = 8;
/** A mind on which somebody else wrote is asked about first for so long. */
const SUSPECT_MS = 1_000;

export interface LaneParts {
  events: EventStore;
  minds: MindCache;
  tails: TailCache;
  commits: CommitLog;
  asking: AskingWriter;
  clock: Clock;
  meter: LogMeter;
}

/** The appends of one mind that go into one flush, and what its log becomes by them. */
interface Planned {
  jobs: AppendJob[];
  /** Of all events in it. */
  ids: Set<string>;
  plan: AppendPlan;
}

/**
 * Group commit: appends that arrive while a flush is under way share the next one, one statement and one commit for
 * all their minds. The statement goes in without asking first, on the heads held in memory.
 */
export class AppendLane {
  private queue: AppendJob[] = [];
  private flushing?: Promise<void>;
  private readonly suspects = new Map<string, number>();
  private waitingEvents = 0;
  /** Of all appends without an answer, wherever they are. */
  openBytes = 0;

  constructor(private readonly parts: LaneParts) {}

  get waiting(): number {
    return this.queue.length;
  }

  add(job: AppendJob): void {
    this.queue.push(this.counted(job));
    this.waitingEvents += job.events.length;
    this.flushing ??= this.run();
  }

  async idle(): Promise<void> {
    while (this.flushing) await this.flushing;
  }

  private counted(job: AppendJob): AppendJob {
    this.openBytes += job.bytes;
    let isOpen = true;
    const settle: AppendJob['settle'] = (outcome) => {
      if (isOpen) this.openBytes -= job.bytes;
      isOpen = false;
      job.settle(outcome);
    };
    return { ...job, settle };
  }

  private async run(): Promise<void> {
    while (this.queue.length > 0) {
      await this.gather();
      const jobs = this.take();
      try {
        await this.flush(jobs);
      } catch (error) {
        // Nothing was written for jobs that have no answer yet; a second answer is ignored.
        const failure = error instanceof Error ? error : new Error(String(error));
        jobs.forEach((job) => reject(job, failure));
      }
    }
    delete this.flushing;
  }

  /** As long as each turn of the event loop brings more, it goes in too: large flushes cost less for each event. */
  private async gather(): Promise<void> {
    let before = 0;
    for (let turn = 0; turn < GATHER_TURNS && this.waitingEvents > before; turn++) {
      if (this.waitingEvents >= FLUSH_EVENTS) return;
      before = this.waitingEvents;
      await new Promise(setImmediate);
    }
  }

  private take(): AppendJob[] {
    let [events, bytes, count] = [0, 0, 0];
    for (const job of this.queue) {
      events += job.events.length;
      bytes += job.bytes;
      if (count > 0 && (events > FLUSH_EVENTS || bytes > FLUSH_BYTES)) break;
      count += 1;
    }
    const jobs = this.queue.splice(0, count);
    for (const job of jobs) this.waitingEvents -= job.events.length;
    return jobs;
  }

  private async flush(jobs: readonly AppendJob[]): Promise<void> {
    const { minds, asking } = this.parts;
    const states = await minds.states(jobs.map(({ mind }) => mind));
    const groups = new Map<string, Planned>();
    const toAsk = jobs.filter((job) => this.route(job, states.get(job.mind), groups) === 'ask');
    // In order of (mind, position), so that two owners of a shard can't deadlock.
    const sorted = [...groups.values()].sort((a, b) =>
      (a.jobs[0]?.mind ?? '') < (b.jobs[0]?.mind ?? '') ? -1 : 1,
    );
    if (sorted.length > 0) await this.write(sorted);
    toAsk.forEach((job) => asking.add(job));
  }

  /** Answers what can be answered, plans what can be planned; `ask` is for what only the database knows. */
  private route(job: AppendJob, state: MindState | undefined, groups: Map<string, Planned>): 'ask' | 'done' {
    const { clock, asking } = this.parts;
    if (job.deadlineAt < clock.now()) return refuse(job, 'timeout', 'the append waited past its deadline');
    if (!state) return refuse(job, 'unknown_mind', `there is no mind ${job.mind}`);
    if (asking.holds(job.mind) || this.isSuspect(job.mind) || state.record.archivedAt !== null) return 'ask';
    const known = this.parts.tails.get(job.mind)?.known(job.events.map(({ id }) => id));
    if (known && known.size > 0) {
      if (known.size < job.events.length) return 'ask';
      settleJudged(job, judgeIds(job.events, known), state.head);
      return 'done';
    }
    return this.join(job, state, groups) ? 'done' : 'ask';
  }

  private join(job: AppendJob, { head }: MindState, groups: Map<string, Planned>): boolean {
    const fresh = (): Planned => ({ jobs: [], ids: new Set(), plan: { events: [], outcomes: [], head } });
    const group = groups.get(job.mind) ?? fresh();
    if (job.events.some(({ id }) => group.ids.has(id))) return false;
    const { position } = group.plan.head;
    if (job.expectedPosition !== undefined && job.expectedPosition !== position) return false;
    const more = planAppends(job.mind, group.plan.head, [job], this.parts.clock.now());
    group.plan.events.push(...more.events);
    group.plan.outcomes.push(...more.outcomes);
    group.plan.head = more.head;
    group.jobs.push(job);
    for (const { id } of job.events) group.ids.add(id);
    groups.set(job.mind, group);
    return true;
  }

  /** All together; when that fails, each mind alone; what fails then goes the slow way. */
  private async write(groups: readonly Planned[]): Promise<void> {
    const fault = await this.insert(groups);
    if (!fault) return;
    if (fault.kind === 'unknown') this.parts.minds.dropHeads();
    if (fault.kind === 'unknown' || groups.length === 1) return this.askAbout(groups, fault);
    for (const group of groups) {
      const itsFault = await this.insert([group]);
      if (itsFault) this.askAbout([group], itsFault);
    }
  }

  private async insert(groups: readonly Planned[]): Promise<InsertFault | null> {
    const { events, clock, meter, commits } = this.parts;
    const chains = groups.map(({ plan }) => plan.events);
    const started = clock.monotonicMs();
    try {
      await events.insert(chains.flat());
    } catch (error) {
      if (error instanceof InsertFault) return error;
      throw error;
    }
    meter.committed(
      chains.reduce((sum, chain) => sum + chain.length, 0),
      (clock.monotonicMs() - started) / 1000,
    );
    commits.committed(chains);
    for (const { jobs, plan } of groups)
      jobs.forEach((job, index) => settlePlanned(job, plan.outcomes[index]));
    return null;
  }

  private askAbout(groups: readonly Planned[], fault: InsertFault): void {
    const { minds, asking, meter } = this.parts;
    for (const job of groups.flatMap(({ jobs }) => jobs)) {
      meter.judged(fault.kind);
      minds.dropHead(job.mind);
      if (fault.kind === 'conflict' || fault.kind === 'locked') this.suspect(job.mind);
      asking.add(job);
    }
  }

  private suspect(mind: string): void {
    const now = this.parts.clock.monotonicMs();
    // At the end, as they are in order of time.
    this.suspects.delete(mind);
    this.suspects.set(mind, now + SUSPECT_MS);
    for (const [other, until] of this.suspects) {
      if (until > now) return;
      this.suspects.delete(other);
    }
  }

  private isSuspect(mind: string): boolean {
    const until = this.suspects.get(mind);
    if (until === undefined) return false;
    if (until > this.parts.clock.monotonicMs()) return true;
    this.suspects.delete(mind);
    return false;
  }
}

function refuse(job: AppendJob, code: ErrorCode, message: string): 'done' {
  reject(job, new AppError(code, message));
  return 'done';
}
