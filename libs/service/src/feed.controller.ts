import { Controller, Inject } from '@nestjs/common';
import { stateRequest, type Batch, type StateReply, type StateRequest } from '#libs/contracts';
import { Handles, IncrementalCache, OnBatch, type RequestContext } from '#libs/messaging';

export const FEED_SERVICE = Symbol('FEED_SERVICE');

/** The two doors that every service with a cache has: the feed, and `state`, which tells watermark and digest. */
@Controller()
export class FeedController {
  constructor(
    private readonly cache: IncrementalCache<object>,
    @Inject(FEED_SERVICE) private readonly service: string,
  ) {}

  @OnBatch()
  onBatch(batch: Batch): Promise<void> {
    return this.cache.onBatch(batch);
  }

  @Handles('state', stateRequest)
  state({ mind, at, minPosition }: StateRequest, { deadlineAt }: RequestContext): Promise<StateReply> {
    const about = { service: this.service, foldVersion: this.cache.foldVersion };
    return this.cache.read(mind, { at, minPosition, deadlineAt }, () => about);
  }
}
