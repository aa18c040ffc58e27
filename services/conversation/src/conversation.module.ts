import { Module, type DynamicModule } from '@nestjs/common';
import type { Clock } from '#libs/kernel';
import { Models, TokenBudget } from '#libs/llm';
import { IncrementalCache, Link, LogClient, Metrics, Requests, type Log } from '#libs/messaging';
import { conversationFold, turnTimeoutRule, type ConversationState } from '#libs/mind';
import { CLOCK, LOG, StatefulModule } from '#libs/service';
import { CachedConversation } from './adapters/cached-conversation.adapter';
import { ConversationController } from './adapters/conversation.controller';
import { MindViewsAdapter } from './adapters/mind-views.adapter';
import { TurnMetrics } from './adapters/turn-metrics.adapter';
import { NatsTurnSignals } from './adapters/turn-signals.adapter';
import { WordMemory } from './adapters/word-memory.adapter';
import { ContextGatherer } from './app/context-gatherer';
import { Dialogue } from './app/dialogue';
import { ModelSwitch } from './app/model-switch';
import { OutcomeWriter } from './app/outcome-writer';
import { Shutdown } from './app/shutdown';
import { TurnIntake } from './app/turn-intake';
import { TurnPipeline } from './app/turn-pipeline';
import { TurnQueue } from './app/turn-queue';
import { Turns } from './app/turns';
import type { ConversationSettings } from './config';
import { conversationWhy } from './core/explainers';

@Module({})
export class ConversationModule {
  /** @throws AppError `invalid_request` when the model's settings lack something: the start stops with its sentence. */
  static with(settings: ConversationSettings): DynamicModule {
    const models = Models.from(settings);
    const stateful = StatefulModule.forFold<ConversationState>({
      service: 'conversation',
      fold: conversationFold,
      rules: [turnTimeoutRule],
      why: conversationWhy,
    });
    return {
      module: ConversationModule,
      imports: [stateful],
      controllers: [ConversationController],
      providers: [...OUTSIDE, ...PROVIDERS, ...turnProviders(settings, models)],
    };
  }
}

/** The adapters to everything outside this process. */
const OUTSIDE = [
  {
    provide: CachedConversation,
    inject: [IncrementalCache],
    useFactory: (cache: IncrementalCache<ConversationState>) => new CachedConversation(cache),
  },
  {
    provide: MindViewsAdapter,
    inject: [Requests],
    useFactory: (requests: Requests) => new MindViewsAdapter(requests),
  },
  {
    provide: WordMemory,
    inject: [Requests, CachedConversation],
    useFactory: (requests: Requests, own: CachedConversation) => new WordMemory(requests, own),
  },
  {
    provide: TurnMetrics,
    inject: [Metrics, LOG],
    useFactory: (metrics: Metrics, log: Log) => new TurnMetrics(metrics, log),
  },
];

const PROVIDERS = [
  { provide: TurnQueue, inject: [CLOCK], useFactory: (clock: Clock) => new TurnQueue(clock) },
  { provide: Shutdown, inject: [TurnQueue], useFactory: (queue: TurnQueue) => new Shutdown(queue) },
  {
    provide: OutcomeWriter,
    inject: [LogClient, MindViewsAdapter, CLOCK],
    useFactory: (log: LogClient, views: MindViewsAdapter, clock: Clock) =>
      new OutcomeWriter(log, views, clock),
  },
  {
    provide: Turns,
    inject: [TurnQueue, TurnPipeline, TurnMetrics],
    useFactory: (queue: TurnQueue, pipeline: TurnPipeline, metrics: TurnMetrics) =>
      new Turns(queue, pipeline, metrics),
  },
];

const turnProviders = (settings: ConversationSettings, models: Models) => [
  {
    provide: ContextGatherer,
    inject: [MindViewsAdapter, WordMemory, CachedConversation],
    useFactory: (views: MindViewsAdapter, memory: WordMemory, own: CachedConversation) =>
      new ContextGatherer(views, memory, own, {
        contextTokens: settings.PMM_MODEL_CONTEXT_TOKENS,
        choose: (choice) => models.choose(choice),
      }),
  },
  {
    provide: Dialogue,
    inject: [MindViewsAdapter, CLOCK, Shutdown],
    useFactory: (views: MindViewsAdapter, clock: Clock, shutdown: Shutdown) =>
      new Dialogue(models, views, clock, shutdown.signal),
  },
  {
    provide: ModelSwitch,
    inject: [LogClient, CachedConversation],
    useFactory: (log: LogClient, own: CachedConversation) => new ModelSwitch(log, own, models),
  },
  {
    provide: TurnPipeline,
    inject: [LogClient, ContextGatherer, Dialogue, OutcomeWriter, Link, CLOCK],
    // eslint-disable-next-line max-params -- Nest injects by position
    useFactory: (
      log: LogClient,
      gatherer: ContextGatherer,
      dialogue: Dialogue,
      writer: OutcomeWriter,
      link: Link,
      clock: Clock,
    ) =>
      new TurnPipeline({
        log,
        gatherer,
        dialogue,
        writer,
        clock,
        intake: new TurnIntake(log),
        budget: new TokenBudget(settings.PMM_TOKENS_PER_DAY, clock),
        signals: new NatsTurnSignals(link),
      }),
  },
];
