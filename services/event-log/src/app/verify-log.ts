import type { ReceiptReply, VerifyReply } from '#libs/contracts';
import { AppError, hashCanonical } from '#libs/kernel';
import type { StoredRow, Verdict, VerifiedTo } from '../core/verify.core';
import type { EventStore } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';
import { missing } from './prove-range';
import type { Prover, RowRange } from './prover.port';

/** How much one request proves before it says `next`. */
const EVENTS_PER_REQUEST = 50_000;
const MS_PER_REQUEST = 1_500;
/** How many one COPY reads. */
const EVENTS_PER_RANGE = EVENTS_PER_REQUEST / 2;

export interface VerifyLogParts {
  events: Pick<EventStore, 'row'>;
  minds: Pick<MindCache, 'refresh' | 'state'>;
  prover: Prover;
  meter: LogMeter;
  clock: { monotonicMs(): number };
}

interface Proof {
  previous: VerifiedTo;
  verdict: Verdict;
}

const START: VerifiedTo = { position: 0, hash: null, atMs: 0 };

/** Proves what the database holds, never what memory holds. */
export class VerifyLog {
  constructor(private readonly parts: VerifyLogParts) {}

  /** @throws AppError `unknown_mind`; `invalid_request` when `from` is beyond the head. */
  async verify({ mind, from = 1, to }: { mind: string; from?: number; to?: number }): Promise<VerifyReply> {
    const { head } = await this.parts.minds.refresh(mind);
    const end = Math.min(to ?? head.position, head.position);
    if (from > Math.max(1, head.position) || (to ?? head.position) > head.position || from > end + 1)
      throw new AppError('invalid_request', `the log of ${mind} ends at position ${head.position}`);
    const reply = { ok: true, events: 0, headHash: head.hash };
    const start = await this.before(mind, from);
    if (start === null) return { ...reply, ok: false, firstBad: missing(from - 1) };
    return this.walk({ mind, from, to: end }, start, reply);
  }

  /** Whether a kept head is still part of the log: the way to notice a cut tail. */
  async receipt({
    mind,
    position,
    hash,
  }: {
    mind: string;
    position: number;
    hash: string;
  }): Promise<ReceiptReply> {
    await this.parts.minds.state(mind);
    const row = await this.row(mind, position);
    return { matches: row?.hash === hash && hashCanonical(row.body) === hash };
  }

  private async walk(
    { mind, from, to }: RowRange,
    start: VerifiedTo,
    reply: VerifyReply,
  ): Promise<VerifyReply> {
    const { clock } = this.parts;
    const stopAtMs = clock.monotonicMs() + MS_PER_REQUEST;
    const end = Math.min(to, from + EVENTS_PER_REQUEST - 1);
    let last = start;
    for (let next = from; next <= end; next = last.position + 1) {
      const ms = stopAtMs - clock.monotonicMs();
      if (ms <= 0) return { ...reply, next };
      for (const { previous, verdict } of await this.proveBeside({ mind, from: next, to: end }, last, ms)) {
        // The range before ended early, or its last row was changed meanwhile: this one is proved again.
        if (!isSame(previous, last)) break;
        reply.events += verdict.good;
        last = verdict.last;
        if (verdict.firstBad) return { ...reply, ok: false, firstBad: verdict.firstBad };
      }
    }
    return end < to ? { ...reply, next: end + 1 } : reply;
  }

  /** The next two ranges at the same time; the second one from the row before it, as the database has it. */
  private async proveBeside(
    { mind, from, to }: RowRange,
    previous: VerifiedTo,
    ms: number,
  ): Promise<Proof[]> {
    const end = Math.min(to, from + EVENTS_PER_RANGE - 1);
    const between = end < to ? await this.row(mind, end) : null;
    const further = { mind, from: end + 1, to: Math.min(to, end + EVENTS_PER_RANGE) };
    return Promise.all([
      this.proof({ mind, from, to: end }, previous, ms),
      ...(between === null ? [] : [this.proof(further, between, ms)]),
    ]);
  }

  private async proof(range: RowRange, { position, hash, atMs }: VerifiedTo, ms: number): Promise<Proof> {
    this.parts.meter.read('verify', 'postgres');
    const previous = { position, hash, atMs };
    return { previous, verdict: await this.parts.prover.prove(range, previous, ms) };
  }

  /** What the first event has to follow; null when it is not there. */
  private async before(mind: string, from: number): Promise<VerifiedTo | null> {
    return from === 1 ? START : this.row(mind, from - 1);
  }

  private row(mind: string, position: number): Promise<StoredRow | null> {
    this.parts.meter.read('verify', 'postgres');
    return this.parts.events.row(mind, position);
  }
}

const isSame = (one: VerifiedTo, other: VerifiedTo): boolean =>
  one.position === other.position && one.hash === other.hash && one.atMs === other.atMs;
