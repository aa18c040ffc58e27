import { Controller, Inject } from '@nestjs/common';
import {
  stateRequest,
  whyRequest,
  type Batch,
  type StateReply,
  type StateRequest,
  type WhyReply,
  type WhyRequest,
} from '#libs/contracts';
import { Handles, IncrementalCache, OnBatch, type RequestContext } from '#libs/messaging';
import { Whys } from './whys';

export const FEED_SERVICE = Symbol('FEED_SERVICE');

/** The doors of every service with a cache: the feed, `state` (watermark and digest) and `why` (what a rule saw). */
@Controller()
export class FeedController {
  constructor(
    private readonly cache: IncrementalCache<object>,
    @Inject(FEED_SERVICE) private readonly service: string,
    private readonly whys: Whys<object>,
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

  @Handles('why', whyRequest)
  why(request: WhyRequest, { deadlineAt }: RequestContext): Promise<WhyReply> {
    return this.whys.of(request, deadlineAt);
  }
}
