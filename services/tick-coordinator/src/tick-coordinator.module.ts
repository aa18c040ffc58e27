import {
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { shardOf } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import {
  Alarms,
  BatchStream,
  Link,
  LogClient,
  Metrics,
  Ownership,
  toAlarms,
  type Log,
} from '#libs/messaging';
import { CLOCK, LOG, SERVICE_CONFIG } from '#libs/service';
import { CoordinatorController } from './adapters/coordinator.controller';
import { NatsBroadcast } from './adapters/nats-broadcast';
import { Broadcaster } from './app/broadcaster';
import { ClockLoader } from './app/clock-loader';
import { ShardWarmup } from './app/shard-warmup';
import { TickAppender } from './app/tick-appender';
import { Ticker } from './app/ticker';
import type { CoordinatorSettings } from './config';

/** Connects ownership to the parts: a shard that is taken is served, one that is given up is forgotten. */
@Injectable()
class Shards implements OnApplicationBootstrap, OnApplicationShutdown {
  // eslint-disable-next-line max-params -- the parts that follow ownership
  constructor(
    private readonly ownership: Ownership,
    private readonly broadcaster: Broadcaster,
    private readonly ticker: Ticker,
    private readonly warmup: ShardWarmup,
    private readonly stream: BatchStream,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.stream.start();
    this.ownership.onTake((shard) => {
      this.broadcaster.take(shard);
      this.warmup.run(shard).catch((error) => this.log.error(`warm-up of shard ${shard} failed`, error));
    });
    this.ownership.onRelease((shard) => {
      this.broadcaster.release(shard);
      this.ticker.release();
    });
  }

  onApplicationShutdown(): void {
    this.stream.stop();
    this.ticker.stop();
  }
}

@Module({
  controllers: [CoordinatorController],
  providers: [
    Shards,
    {
      provide: BatchStream,
      inject: [Link, LOG],
      useFactory: (link: Link, log: Log) => new BatchStream(link, log),
    },
    {
      provide: Ticker,
      inject: [LogClient, Metrics, Ownership, CLOCK, LOG, SERVICE_CONFIG],
      // eslint-disable-next-line max-params -- Nest injects by position
      useFactory: (
        log: LogClient,
        metrics: Metrics,
        ownership: Ownership,
        clock: Clock,
        logger: Log,
        config: CoordinatorSettings,
      ) =>
        new Ticker({
          loader: new ClockLoader(log, config.PMM_TICK_INTERVAL_MS),
          appender: new TickAppender(log, (reason) => metrics.ticks.inc({ reason })),
          clock,
          logger,
          owns: (mind) => ownership.owns(shardOf(mind, config.PMM_SHARDS)),
        }),
    },
    {
      provide: Broadcaster,
      inject: [LogClient, Link, Metrics, Ticker, CLOCK, LOG],
      // eslint-disable-next-line max-params -- Nest injects by position
      useFactory: (
        log: LogClient,
        link: Link,
        metrics: Metrics,
        ticker: Ticker,
        clock: Clock,
        logger: Log,
      ) => {
        const alarms = new Alarms(metrics, logger, toAlarms('tick-coordinator', link));
        return new Broadcaster({
          log,
          out: new NatsBroadcast(link, metrics, clock),
          clock,
          logger,
          onEvents: (mind, events) => ticker.observe(mind, events),
          alarm: (fault) => alarms.raise('log_spoilt', fault),
        });
      },
    },
    {
      provide: ShardWarmup,
      inject: [LogClient, Ticker, Ownership, CLOCK, LOG],
      useFactory: (log: LogClient, ticker: Ticker, ownership: Ownership, clock: Clock, logger: Log) =>
        new ShardWarmup({ log, ticker, clock, logger, owns: (shard) => ownership.owns(shard) }),
    },
  ],
})
export class TickCoordinatorModule {}
