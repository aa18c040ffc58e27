import {
  DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ServiceName } from '#libs/contracts';
import type { BasisParts, Clock, Fold, Rule } from '#libs/kernel';
import {
  DecisionWriter,
  HeadsWatch,
  IncrementalCache,
  Link,
  LogClient,
  Metrics,
  Ownership,
  SnapshotStore,
  toAlarms,
  type Log,
} from '#libs/messaging';
import { CLOCK, LOG, SERVICE_CONFIG } from './context.module';
import type { CacheEnvironment } from './settings';
import { FEED_SERVICE, FeedController } from './feed.controller';
import { Whys } from './whys';

export interface StatefulOptions<S extends object> {
  service: ServiceName;
  fold: Fold<S>;
  rules: readonly Rule<S>[];
  /** What is behind the events that it writes; kinds that are not named have nothing. */
  why?: Pick<BasisParts<S>, 'explainers' | 'besides' | 'onState'>;
}

/** Gives a service its incremental cache: fed by batches, compared with the log's heads, stored on shutdown. */
@Module({})
export class StatefulModule {
  static forFold<S extends object>(options: StatefulOptions<S>): DynamicModule {
    return {
      module: StatefulModule,
      controllers: [FeedController],
      providers: [
        { provide: FEED_SERVICE, useValue: options.service },
        CacheParts,
        CacheLifecycle,
        {
          provide: IncrementalCache,
          inject: [CacheParts],
          useFactory: (parts: CacheParts) => parts.create(options),
        },
        {
          provide: Whys,
          inject: [IncrementalCache, LogClient],
          useFactory: (cache: IncrementalCache<S>, log: LogClient) =>
            new Whys({ explainers: {}, ...options.why, ...options }, cache, log),
        },
      ],
      exports: [IncrementalCache],
    };
  }
}

@Injectable()
class CacheParts {
  // eslint-disable-next-line max-params -- what a cache is made of
  constructor(
    private readonly link: Link,
    private readonly log: LogClient,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOG) private readonly logger: Log,
    @Inject(SERVICE_CONFIG) private readonly config: CacheEnvironment,
  ) {}

  create<S extends object>({ service, fold, rules }: StatefulOptions<S>): IncrementalCache<S> {
    const { link, log, metrics, clock, logger, config } = this;
    return new IncrementalCache({
      service,
      fold,
      rules,
      log,
      metrics,
      clock,
      logger,
      snapshots: new SnapshotStore({ service, foldVersion: fold.version, link, metrics, log: logger }),
      writer: new DecisionWriter(log, metrics, clock, logger),
      settings: {
        snapshotEvery: config.PMM_SNAPSHOT_EVERY,
        verifySample: config.PMM_VERIFY_SAMPLE,
        residentMinds: config.PMM_RESIDENT_MINDS,
      },
      random: Math.random,
      alarm: toAlarms(service, link),
    });
  }
}

@Injectable()
class CacheLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly watch: HeadsWatch;

  // eslint-disable-next-line max-params -- handed on to the watch
  constructor(
    private readonly cache: IncrementalCache<object>,
    log: LogClient,
    ownership: Ownership,
    link: Link,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOG) logger: Log,
  ) {
    this.watch = new HeadsWatch(cache, { log, ownership, link, clock, logger });
  }

  onApplicationBootstrap(): void {
    this.watch.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.watch.stop();
    await this.cache.close();
  }
}
