import {
  LIMITS,
  type AppendReply,
  type ExportReply,
  type ExportRequest,
  type ReceiptReply,
  type VerifyReply,
  type VerifyRequest,
} from '#libs/contracts';
import type { EventsReply } from '#libs/client';
import { AppError, systemClock } from '#libs/kernel';
import type { LogClient, Requests } from '#libs/messaging';
import { identify, type GivenEvent } from '../core/event-drafts';
import { COMMAND, EXPORT_PAGE, VERIFY_LIMIT_MS, VERIFY_PAGE } from './deadlines';

interface EventsQuery {
  after?: number;
  limit: number;
  kind?: string;
  order: 'asc' | 'desc';
}
interface VerifyQuery {
  from?: number;
  to?: number;
  position?: number;
  hash?: string;
}

const PAGE_ATTEMPTS = 5;
const PAGE_PAUSE_MS = 1_000;

/** Asked again in the same words, it would begin anew and take as long. */
const tooLong = (next: number) =>
  new AppError('timeout', `verified up to ${next - 1}; go on with from=${next}`, { retryable: false });

/** What callers may ask of a mind's log. */
export class MindLog {
  constructor(
    private readonly requests: Requests,
    private readonly logClient: LogClient,
  ) {}

  async events(mind: string, { after, limit, kind, order }: EventsQuery): Promise<EventsReply> {
    const kinds = kind === undefined ? {} : { kinds: [kind] };
    const request = { mind, after: after ?? 0, limit, order, ...kinds, purpose: 'query' } as const;
    const { events, head, next } = await this.logClient.read(request, COMMAND);
    return next === undefined ? { events, head } : { events, head, next };
  }

  async append(
    mind: string,
    body: { events: GivenEvent[]; expectedPosition?: number },
    key: string,
  ): Promise<AppendReply> {
    const request = { mind, ...body, events: identify(mind, body.events, key) };
    if (Buffer.byteLength(JSON.stringify(request)) > LIMITS.messageBytes)
      throw new AppError('too_large', `events: together they are over ${LIMITS.messageBytes / 1024} KiB`);
    return this.logClient.append(request, COMMAND);
  }

  verify(mind: string, query: VerifyQuery, signal: AbortSignal): Promise<VerifyReply | ReceiptReply> {
    const { from, to, position, hash } = query;
    if (position === undefined && hash === undefined) return this.verifyRange(mind, { from, to }, signal);
    if (position === undefined || hash === undefined || from !== undefined || to !== undefined) {
      const message = 'give from and to, or position and hash';
      throw new AppError('invalid_request', message);
    }
    return this.ask<ReceiptReply>({ mind, position, hash });
  }

  /** Page by page, until something bad, the end, the caller's leaving, or the deadline. */
  private async verifyRange(
    mind: string,
    { from, to }: { from?: number; to?: number },
    signal: AbortSignal,
  ): Promise<VerifyReply> {
    if (from !== undefined && to !== undefined && from > to)
      throw new AppError('invalid_request', 'from: is beyond to');
    const giveUpAt = performance.now() + VERIFY_LIMIT_MS;
    const isOver = () => signal.aborted || performance.now() > giveUpAt;
    let events = 0;
    let next = from;
    for (;;) {
      const page = await this.page({ mind, from: next, to }, () => events > 0 && !isOver());
      events += page.events;
      if (!page.ok || page.next === undefined) return { ...page, events, next: undefined };
      if (page.next <= (next ?? 0))
        throw new AppError('internal', `verification of ${mind} does not advance`);
      if (isOver()) throw tooLong(page.next);
      next = page.next;
    }
  }

  /** What was proved already is not given up because of one page that somebody is too busy for. */
  private async page(request: VerifyRequest, mayAskAgain: () => boolean): Promise<VerifyReply> {
    for (let failures = 1; ; failures++) {
      try {
        return await this.ask<VerifyReply>(request);
      } catch (error) {
        const mayWork = error instanceof AppError && error.retryable;
        if (!mayWork || failures >= PAGE_ATTEMPTS || !mayAskAgain()) throw error;
        await systemClock.sleep(PAGE_PAUSE_MS);
      }
    }
  }

  private ask<T>(request: VerifyRequest): Promise<T> {
    return this.requests.ask('event-log', request.mind, 'verify', request, VERIFY_PAGE);
  }

  /** The pages of an export as NDJSON text; the head that the first one sees is where it ends. */
  async *export(mind: string): AsyncGenerator<string, void> {
    let request: ExportRequest = { mind };
    for (;;) {
      const page = await this.requests.ask<ExportReply>('event-log', mind, 'export', request, EXPORT_PAGE);
      yield page.text;
      if (page.next === undefined) return;
      if (page.next <= (request.after ?? 0))
        throw new AppError('internal', `export of ${mind} does not advance`);
      request = { mind, after: page.next, to: page.to };
    }
  }
}
