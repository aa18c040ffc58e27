import { shardOf } from '#libs/contracts';
import { Alarms, toAlarms } from '#libs/messaging';
import { CoordinatorController } from '../../../services/tick-coordinator/src/adapters/coordinator.controller';
import { NatsBroadcast } from '../../../services/tick-coordinator/src/adapters/nats-broadcast';
import { Broadcaster } from '../../../services/tick-coordinator/src/app/broadcaster';
import { ClockLoader } from '../../../services/tick-coordinator/src/app/clock-loader';
import { ShardWarmup } from '../../../services/tick-coordinator/src/app/shard-warmup';
import { TickAppender } from '../../../services/tick-coordinator/src/app/tick-appender';
import { Ticker } from '../../../services/tick-coordinator/src/app/ticker';
import { SHARDS } from '../world/world';
import type { MemberContext } from './context';
import { serve } from './controllers';
import { memberOf, type Member } from './member';

const TICK_INTERVAL_MS = 10_000;

/** The coordinator, connected as its module does it. */
export function coordinatorMember(context: MemberContext): Member {
  const { logClient, link, metrics, clock, log: logger, ownership, transport } = context;
  const owns = (shard: number) => ownership.owns(shard);
  const ticker = new Ticker({
    loader: new ClockLoader(logClient, TICK_INTERVAL_MS),
    appender: new TickAppender(logClient, () => undefined),
    ...{ clock, logger },
    owns: (mind) => owns(shardOf(mind, SHARDS)),
  });
  const alarms = new Alarms(metrics, logger, toAlarms('tick-coordinator', link));
  const broadcaster = new Broadcaster({
    ...{ log: logClient, out: new NatsBroadcast(link, metrics, clock), clock, logger },
    onEvents: (mind, events) => ticker.observe(mind, events),
    alarm: (fault) => alarms.raise('log_spoilt', fault),
  });
  const warmup = new ShardWarmup({ log: logClient, ticker, clock, logger, owns });
  serve(transport, new CoordinatorController(broadcaster, ticker));
  return memberOf(context, {
    bootstrap: () => {
      ownership.onTake((shard) => {
        broadcaster.take(shard);
        warmup.run(shard).catch((error) => logger.error(`warm-up of shard ${shard} failed`, error));
      });
      ownership.onRelease((shard) => {
        broadcaster.release(shard);
        ticker.release();
      });
    },
    shutdown: () => Promise.resolve(ticker.stop()),
  });
}
