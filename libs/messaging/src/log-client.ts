import { shardOf } from '#libs/contracts';
import type {
  AppendReply,
  AppendRequest,
  GatherReply,
  GatherRequest,
  HeadsReply,
  HeadsRequest,
  IdsReply,
  IdsRequest,
  MindInfo,
  ReadPurpose,
  ReadReply,
  ReadRequest,
} from '#libs/contracts';
import type { Metrics } from './metrics';
import { readablePage } from './readable-page';
import type { AskOptions, Requests } from './requests';

/** The typed face of event-log. Every read is counted by its purpose. */
export class LogClient {
  constructor(
    private readonly requests: Requests,
    private readonly metrics: Metrics,
  ) {}

  get shards(): number {
    return this.requests.shards;
  }

  async append(request: AppendRequest, options?: AskOptions): Promise<AppendReply> {
    this.metrics.appendsAsked.inc();
    const end = this.metrics.appendSeconds.startTimer();
    try {
      return await this.requests.ask('event-log', request.mind, 'append', request, options);
    } finally {
      end();
    }
  }

  /** A page of events, which ends before one that can't be read. @throws AppError `unavailable`, not retryable: the first is one. */
  read(request: ReadRequest, options?: AskOptions): Promise<ReadReply> {
    return readablePage(request, (asked) =>
      this.counted(
        asked.purpose,
        this.requests.ask<ReadReply>('event-log', asked.mind, 'read', asked, options),
      ),
    );
  }

  /** The new events of many minds of one shard in one request. */
  gather(shard: number, request: GatherRequest, options?: AskOptions): Promise<GatherReply> {
    return this.counted(
      request.purpose,
      this.requests.askShard('event-log', shard, 'gather', request, options),
    );
  }

  byIds(request: IdsRequest, options?: AskOptions): Promise<IdsReply> {
    return this.counted(
      request.purpose,
      this.requests.ask('event-log', request.mind, 'ids', request, options),
    );
  }

  heads(request: HeadsRequest, options?: AskOptions): Promise<HeadsReply> {
    return this.requests.askShard('event-log', request.shard, 'heads', request, options);
  }

  mind(mind: string, options?: AskOptions): Promise<MindInfo> {
    return this.requests.ask('event-log', mind, 'get', { mind }, options);
  }

  shardOf(mind: string): number {
    return shardOf(mind, this.requests.shards);
  }

  private async counted<T>(purpose: ReadPurpose, read: Promise<T>): Promise<T> {
    this.metrics.logReadsAsked.inc({ purpose });
    const end = this.metrics.logReadSeconds.startTimer({ purpose });
    try {
      return await read;
    } finally {
      end();
    }
  }
}
