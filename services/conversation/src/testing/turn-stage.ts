import type { TurnReply, TurnSignal } from '#libs/contracts';
import { EchoModel, Models, TokenBudget, type ModelPort } from '#libs/llm';
import { ContextGatherer } from '../app/context-gatherer';
import { Dialogue } from '../app/dialogue';
import { OutcomeWriter } from '../app/outcome-writer';
import type { LogPort } from '../app/ports';
import { Shutdown } from '../app/shutdown';
import type { Turn } from '../app/turn';
import { TurnIntake } from '../app/turn-intake';
import { TurnPipeline } from '../app/turn-pipeline';
import { TurnQueue } from '../app/turn-queue';
import { Turns } from '../app/turns';
import { FakeServices } from './fake-services';
import { MemoryLog } from './memory-log';

export interface StageOptions {
  model?: ModelPort;
  log?: MemoryLog;
  /** Stands between the pipeline and the log. */
  through?: (log: LogPort) => LogPort;
  timeoutMs?: number;
  tokensPerDay?: number;
  contextTokens?: number;
  shutdownMs?: number;
}

/** The whole application of conversation around a log in memory. A second stage on the same log is a restart. */
export class TurnStage {
  readonly log: MemoryLog;
  readonly services: FakeServices;
  readonly signals: TurnSignal[] = [];
  readonly clock = { now: () => this.log.nowMs, sleep: () => Promise.resolve() };
  readonly queue = new TurnQueue(this.clock);
  readonly shutdown: Shutdown;
  readonly models: Models;
  private readonly turns: Turns;

  constructor(options: StageOptions = {}) {
    this.log = options.log ?? new MemoryLog();
    this.services = new FakeServices(this.log);
    this.shutdown = new Shutdown(this.queue, options.shutdownMs);
    const { timeoutMs = 5_000 } = options;
    const providers = { echo: new EchoModel(), test: options.model ?? new EchoModel() };
    const standard = options.model
      ? { provider: 'test', model: 'test-1' }
      : { provider: 'echo', model: 'echo-1' };
    this.models = new Models(standard, providers, { timeoutMs, clock: this.clock, random: () => 0 });
    this.turns = new Turns(this.queue, this.pipeline(options), { ended: () => undefined });
  }

  say(text: string, overrides: Partial<Turn> = {}): Promise<TurnReply> {
    const deadlineAt = this.log.nowMs + 3_600_000;
    return this.turns.take({ mind: 'ada', turnId: 't1', text, stream: false, deadlineAt, ...overrides });
  }

  /** What a reader of the signals has seen since the last restart. */
  shown(): string {
    return this.signals.reduce((text, signal) => ('token' in signal ? text + signal.token : ''), '');
  }

  private pipeline({
    through = (log) => log,
    tokensPerDay,
    contextTokens = 8_192,
  }: StageOptions): TurnPipeline {
    const log = through(this.log);
    const { services, clock, models } = this;
    const choose = (own: { provider: string | null; model: string | null }) => models.choose(own);
    return new TurnPipeline({
      log,
      clock,
      intake: new TurnIntake(log),
      gatherer: new ContextGatherer(services, services, services, { contextTokens, choose }),
      dialogue: new Dialogue(models, services, clock, this.shutdown.signal),
      writer: new OutcomeWriter(log, services, clock),
      budget: new TokenBudget(tokensPerDay, clock),
      signals: { publish: (_mind, _turnId, signal) => this.signals.push(signal) },
    });
  }
}
