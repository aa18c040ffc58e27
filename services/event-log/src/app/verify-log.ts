import type { ReceiptReply, VerifyReply } from '#libs/contracts';
import { AppError, hashCanonical } from '#libs/kernel';
import { verifyRows, type StoredRow, type VerifiedTo } from '../core/verify.core';
import type { EventStore } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';

/** How much one request proves before it says `next`. */
const EVENTS_PER_REQUEST = 50_000;
const MS_PER_REQUEST = 1_500;
const ROWS_PER_PAGE = 2_000;
const BYTES_PER_PAGE = 4 * 1024 * 1024;

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
    if (start === null)
      return {
        ...reply,
        ok: false,
        firstBad: { position: from - 1, reason: `position ${from - 1} is missing` },
      };
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
    range: { mind: string; from: number; to: number },
    start: VerifiedTo,
    reply: VerifyReply,
  ): Promise<VerifyReply> {
    const { clock } = this.parts;
    const stopAtMs = clock.monotonicMs() + MS_PER_REQUEST;
    let last = start;
    let pending = this.rows({ ...range, from: last.position + 1 });
    while (last.position < range.to) {
      const rows = await pending;
      if (rows.length === 0) return bad(reply, last.position + 1, `position ${last.position + 1} is missing`);
      const isEnough = reply.events + rows.length >= EVENTS_PER_REQUEST || clock.monotonicMs() > stopAtMs;
      const ahead = (rows.at(-1)?.position ?? 0) + 1;
      // The next page is on its way while this one is proved.
      if (!isEnough && ahead <= range.to) pending = this.rows({ ...range, from: ahead });
      const verdict = verifyRows(rows, last);
      reply.events += verdict.good;
      last = verdict.last;
      if (verdict.firstBad) {
        await pending;
        return bad(reply, verdict.firstBad.position, verdict.firstBad.reason);
      }
      if (isEnough && last.position < range.to) return { ...reply, next: last.position + 1 };
    }
    return reply;
  }

  /** What the first event has to follow; null when it is not there. */
  private async before(mind: string, from: number): Promise<VerifiedTo | null> {
    return from === 1 ? START : ((await this.row(mind, from - 1)) ?? null);
  }

  private async row(mind: string, position: number): Promise<StoredRow | undefined> {
    const [row] = await this.rows({ mind, from: position, to: position });
    return row;
  }

  private rows(range: { mind: string; from: number; to: number }): Promise<StoredRow[]> {
    this.parts.meter.read('verify', 'postgres');
    return this.parts.events.rows({ ...range, limit: ROWS_PER_PAGE, maxBytes: BYTES_PER_PAGE });
  }
}

const bad = (reply: VerifyReply, position: number, reason: string): VerifyReply => ({
  ...reply,
  ok: false,
  firstBad: { position, reason },
});
