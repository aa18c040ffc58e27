import type { JsonObject, MindEvent, MindInfo, NewEvent } from '#libs/contracts';
import { foldAll, systemClock } from '#libs/kernel';
import { ScriptedModel, TokenBudget, type ScriptStep } from '#libs/llm';
import type { CommandOutcome, IncrementalCache, LogClient } from '#libs/messaging';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Attempts } from '../app/attempts';
import { ModelCalls } from '../app/model-calls';
import { Reflections } from '../app/reflections';

const MIND = 'ada';
const info = { provider: null, model: null } as MindInfo;
const NO_LOG = { read: () => Promise.reject(new Error('the log is not read for it')) };

/** A mind that reflects: its log is folded, and every append is taken in at once. */
export class ReflectingMind {
  readonly log: MindEvent[] = [];
  readonly model: ScriptedModel;
  readonly budget = new TokenBudget(1_000, systemClock);
  readonly attempts: Attempts;
  readonly reflections: Reflections;
  readonly reasons: string[] = [];
  state: ReflectionState = reflectionFold.initialState();
  private waitedMs = 0;

  constructor(...steps: ScriptStep[]) {
    this.model = new ScriptedModel(...steps);
    const model = Object.assign(this.model, { choose: () => ({ provider: 'scripted', model: 'one' }) });
    this.attempts = new Attempts({
      commands: { command: (_mind, _deadline, decide) => Promise.resolve(this.command(decide)) },
      mindInfo: () => Promise.resolve(info),
      model,
      budget: this.budget,
      calls: new ModelCalls(),
      now: () => 0,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      observe: (reason) => this.reasons.push(reason),
    });
    const read = (_mind: string, _asked: object, view: (state: ReflectionState) => object) =>
      Promise.resolve({ ...view(this.state), watermark: this.log.length, digest: '' });
    this.reflections = new Reflections(
      { read } as unknown as IncrementalCache<ReflectionState>,
      NO_LOG as unknown as LogClient,
      this.attempts,
    );
  }

  add(kind: string, meta: JsonObject = {}, content = ''): MindEvent {
    const position = this.log.length + 1;
    const at = new Date(Date.UTC(2026, 0, 1) + position * 1000 + this.waitedMs).toISOString();
    const event = {
      mind: MIND,
      position,
      id: `e${position}`,
      kind,
      version: 1,
      at,
      content,
      meta,
      prevHash: null,
      hash: '',
    };
    this.log.push(event);
    this.state = foldAll(reflectionFold, [event], this.state);
    return event;
  }

  wait(seconds: number): void {
    this.waitedMs += seconds * 1_000;
  }

  turn(): void {
    const turnId = `t${this.log.length}`;
    this.add('user_message', { turnId }, 'Well?');
    this.add('assistant_message', { turnId }, 'Well.');
  }

  /** One live tick, and whatever follows from it without waiting for a model that hangs. */
  async tick(): Promise<void> {
    const tick = this.state.ticks.tick + 1;
    const event = this.add('autonomy_tick', { tick, reason: 'requested' });
    this.attempts.react(MIND, this.state, event);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }

  kinds(): string[] {
    return this.log.map(({ kind }) => kind);
  }

  private command<T>(decide: (state: ReflectionState, seen: { watermark: number }) => CommandOutcome<T>): T {
    const outcome = decide(this.state, { watermark: this.log.length });
    if (!outcome.events) return outcome.value;
    outcome.events.forEach(({ kind, content, meta }: NewEvent) => this.add(kind, meta, content));
    return outcome.answer({ from: 0, to: this.log.length, headHash: '', duplicate: false });
  }
}
