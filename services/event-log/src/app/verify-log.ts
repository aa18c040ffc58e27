import type { ReceiptReply, VerifyReply } from '#libs/contracts';
import { AppError, hashCanonical } from '#libs/kernel';
import { verifyRows, type StoredRow, type Verdict, type VerifiedTo } from '../core/verify.core';
import type { EventStore } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';

/** How much one request proves before it says `next`. */
const EVENTS_PER_REQUEST = 50_000;
const MS_PER_REQUEST = 1_500;
/** How many one COPY reads. */
const EVENTS_PER_SCAN = 25_000;

export interface VerifyLogParts {
  events: EventStore;
  minds: MindCache;
  meter: LogMeter;
  clock: { monotonicMs(): number };
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
    { mind, from, to }: { mind: string; from: number; to: number },
    start: VerifiedTo,
    reply: VerifyReply,
  ): Promise<VerifyReply> {
    const { clock } = this.parts;
    const stopAtMs = clock.monotonicMs() + MS_PER_REQUEST;
    let last = start;
    for (let next = from; next <= to; next = last.position + 1) {
      if (reply.events >= EVENTS_PER_REQUEST || clock.monotonicMs() > stopAtMs) return { ...reply, next };
      const range = { mind, from: next, to: Math.min(to, next + EVENTS_PER_SCAN - 1) };
      const verdict = await this.scan(range, last, stopAtMs);
      reply.events += verdict.good;
      last = verdict.last;
      if (verdict.firstBad) return { ...reply, ok: false, firstBad: verdict.firstBad };
    }
    return reply;
  }

  /** Proves rows while they come and there is time; a range that ends early lacks its next position. */
  private async scan(
    range: { mind: string; from: number; to: number },
    previous: VerifiedTo,
    stopAtMs: number,
  ): Promise<Verdict> {
    this.parts.meter.read('verify', 'postgres');
    const total: Verdict = { good: 0, last: previous };
    for await (const rows of this.parts.events.scan(range)) {
      const { good, last, firstBad } = verifyRows(rows, total.last);
      total.good += good;
      total.last = last;
      if (firstBad) return { ...total, firstBad };
      if (total.good > 0 && this.parts.clock.monotonicMs() > stopAtMs) return total;
    }
    const { position } = total.last;
    return position === range.to ? total : { ...total, firstBad: missing(position + 1) };
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

const missing = (position: number) => ({ position, reason: `position ${position} is missing` });
