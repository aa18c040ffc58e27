import {
  DynamicModule,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { Models, TokenBudget } from '#libs/llm';
import { IncrementalCache, LogClient, Metrics, type Log } from '#libs/messaging';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { CLOCK, LOG, StatefulModule } from '#libs/service';
import { ReflectionController } from './adapters/reflection.controller';
import { Attempts } from './app/attempts';
import { ModelCalls } from './app/model-calls';
import { Reflections } from './app/reflections';
import type { ReflectionSettings } from './config';
import { reflectionWhy } from './core/explainers';
import { reflectionRules } from './core/rules';

/** Lets attempts see live ticks, and ends them in order. */
@Injectable()
class AttemptsLifecycle implements OnModuleInit, BeforeApplicationShutdown {
  constructor(
    private readonly cache: IncrementalCache<ReflectionState>,
    private readonly attempts: Attempts,
  ) {}

  onModuleInit(): void {
    this.cache.addEffect(this.attempts);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.attempts.close();
  }
}

@Module({})
export class ReflectionModule {
  /** @throws AppError `invalid_request` when the model's settings lack something: the start stops with its sentence. */
  static with(settings: ReflectionSettings): DynamicModule {
    const models = Models.from(settings);
    return {
      module: ReflectionModule,
      imports: [
        StatefulModule.forFold({
          service: 'reflection',
          fold: reflectionFold,
          rules: reflectionRules,
          why: reflectionWhy,
        }),
      ],
      controllers: [ReflectionController],
      providers: [
        AttemptsLifecycle,
        {
          provide: Attempts,
          inject: [IncrementalCache, LogClient, Metrics, CLOCK, LOG],
          useFactory: (
            cache: IncrementalCache<ReflectionState>,
            log: LogClient,
            metrics: Metrics,
            clock: Clock,
            logger: Log,
          ) => newAttempts({ cache, log, metrics, clock, logger, models, settings }),
        },
        {
          provide: Reflections,
          inject: [IncrementalCache, LogClient, Attempts],
          useFactory: (cache: IncrementalCache<ReflectionState>, log: LogClient, attempts: Attempts) =>
            new Reflections(cache, log, attempts),
        },
      ],
    };
  }
}

function newAttempts(parts: {
  cache: IncrementalCache<ReflectionState>;
  log: LogClient;
  metrics: Metrics;
  clock: Clock;
  logger: Log;
  models: Models;
  settings: ReflectionSettings;
}): Attempts {
  const { cache, log, metrics, clock, logger, models, settings } = parts;
  const gates = metrics.counter('pmm_reflection_gate_total', 'Ticks by what the reflection gate said', [
    'reason',
  ]);
  return new Attempts({
    commands: cache,
    mindInfo: (mind) => log.mind(mind),
    model: models,
    budget: new TokenBudget(settings.PMM_TOKENS_PER_DAY, clock),
    calls: new ModelCalls(),
    now: () => clock.now(),
    logger,
    observe: (reason) => gates.inc({ reason }),
  });
}
