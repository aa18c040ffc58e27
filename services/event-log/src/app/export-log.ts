import { LIMITS, type ExportReply, type ExportRequest } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { exportLine } from '../core/export-line.core';
import type { EventStore } from './event-store.port';
import type { LogMeter } from './log-meter.port';
import type { MindCache } from './mind-cache';

/** About as much as reads fastest. */
const PAGE_BYTES = 512 * 1024;

/** A log as NDJSON, page by page up to the head that the first page saw, closed by the export line. */
export class ExportLog {
  constructor(private readonly parts: { events: EventStore; minds: MindCache; meter: LogMeter }) {}

  /** @throws AppError `unknown_mind`; `invalid_request` when the range is beyond the head. */
  async page({ mind, after = 0, to }: ExportRequest): Promise<ExportReply> {
    const { head } = await this.parts.minds.refresh(mind);
    const end = to ?? head.position;
    if (end > head.position || after > end)
      throw new AppError('invalid_request', `the log of ${mind} ends at position ${head.position}`);
    const lines = after < end ? await this.lines(mind, after, end) : { text: '', last: after };
    if (lines.last < end) return { text: lines.text, to: end, next: lines.last };
    const headHash = end === head.position ? head.hash : await this.hashAt(mind, end);
    return { text: `${lines.text}${exportLine({ mind, events: end, headHash })}\n`, to: end };
  }

  private async lines(mind: string, after: number, to: number): Promise<{ text: string; last: number }> {
    const page = await this.query(mind, after, to);
    if (page.count === 0) throw new AppError('internal', `the log of ${mind} has no event after ${after}`);
    return { text: `${page.text}\n`, last: page.last };
  }

  private async hashAt(mind: string, position: number): Promise<string | null> {
    if (position === 0) return null;
    return (await this.parts.events.row(mind, position))?.hash ?? null;
  }

  private query(mind: string, after: number, to: number) {
    this.parts.meter.read('query', 'postgres');
    const limit = LIMITS.readEvents * 4;
    return this.parts.events.page({
      mind,
      after,
      to,
      limit,
      order: 'asc',
      maxBytes: PAGE_BYTES,
      separator: '\n',
    });
  }
}
