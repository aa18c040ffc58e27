import { Controller } from '@nestjs/common';
import {
  mindRequest,
  tickRequest,
  type Appended,
  type MindRequest,
  type TickReply,
  type TickRequest,
} from '#libs/contracts';
import { Handles, OnAppended } from '#libs/messaging';
import { Broadcaster } from '../app/broadcaster';
import { Ticker } from '../app/ticker';

@Controller()
export class CoordinatorController {
  constructor(
    private readonly broadcaster: Broadcaster,
    private readonly ticker: Ticker,
  ) {}

  @OnAppended()
  onAppended(appended: Appended, { shard }: { shard: number }): Promise<void> {
    return this.broadcaster.announced(shard, appended);
  }

  @Handles('tick', tickRequest)
  tick({ mind, key }: TickRequest): Promise<TickReply> {
    return this.ticker.request(mind, key);
  }

  /** It may tick again, as it was taken out of the archive. */
  @Handles('wake', mindRequest)
  wake({ mind }: MindRequest): Promise<void> {
    return this.ticker.wake(mind);
  }
}
