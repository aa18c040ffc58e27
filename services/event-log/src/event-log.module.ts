import {
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { subjects } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { Link, Metrics, Ownership, type Log } from '#libs/messaging';
import { CLOCK, LOG, SERVICE_CONFIG } from '#libs/service';
import { EVENT_LOG, LogController } from './adapters/log.controller';
import { gaugeMemory, PrometheusMeter } from './adapters/prometheus-meter';
import { composeEventLog, type PostgresEventLog } from './compose';
import type { EventLogSettings } from './config';

const MIB = 1024 * 1024;

/** What the parts of event-log are made of. */
@Injectable()
class Surroundings {
  constructor(
    private readonly link: Link,
    private readonly metrics: Metrics,
    private readonly ownership: Ownership,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async compose(config: EventLogSettings): Promise<PostgresEventLog> {
    const { link, metrics, ownership, clock, log } = this;
    const eventLog = await composeEventLog({
      postgresUrl: config.PMM_POSTGRES_URL,
      shards: config.PMM_SHARDS,
      tailBytes: config.PMM_TAIL_MIB * MIB,
      clock,
      meter: new PrometheusMeter(metrics),
      publish: (shard, spans, again) =>
        link.publish(subjects.appended(shard), again ? { spans, again } : { spans }),
      owns: (shard) => ownership.owns(shard),
      warn: (message, error) => log.error(message, error),
    });
    const { tails, announcer } = eventLog;
    gaugeMemory(metrics, () => ({
      tail: tails.bytes,
      unbroadcast: tails.unbroadcastBytes,
      pending: announcer.pending,
    }));
    return eventLog;
  }
}

/** Memory follows ownership; the database is let go last. */
@Injectable()
class Lifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(EVENT_LOG) private readonly eventLog: PostgresEventLog,
    private readonly ownership: Ownership,
  ) {}

  onApplicationBootstrap(): void {
    const { keeper } = this.eventLog;
    this.ownership.onTake((shard) => keeper.take(shard));
    this.ownership.onRelease((shard) => keeper.release(shard));
    this.ownership.onReturn(() => keeper.returned());
  }

  onApplicationShutdown(): Promise<void> {
    return this.eventLog.close();
  }
}

@Module({
  controllers: [LogController],
  providers: [
    Surroundings,
    Lifecycle,
    {
      provide: EVENT_LOG,
      inject: [Surroundings, SERVICE_CONFIG],
      useFactory: (surroundings: Surroundings, config: EventLogSettings) => surroundings.compose(config),
    },
  ],
})
export class EventLogModule {}
