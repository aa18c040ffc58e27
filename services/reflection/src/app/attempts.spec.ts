import type { JsonObject, MindEvent, MindInfo, NewEvent } from '#libs/contracts';
import { foldAll, systemClock } from '#libs/kernel';
import { ScriptedModel, TokenBudget, type ScriptStep } from '#libs/llm';
import type { CommandOutcome } from '#libs/messaging';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Attempts } from './attempts';
import { ModelCalls } from './model-calls';

const MIND = 'ada';
const TEXT = 'I was asked about the garden today.\nI will look after what I have promised there.';
const info = { provider: null, model: null } as MindInfo;

/** A mind to which a reflection was requested, folded, with every append taken in at once. */
class World {
  readonly log: MindEvent[] = [];
  readonly model: ScriptedModel;
  readonly attempts: Attempts;
  readonly reasons: string[] = [];
  state: ReflectionState = reflectionFold.initialState();

  constructor(...steps: ScriptStep[]) {
    this.model = new ScriptedModel(...steps);
    const model = Object.assign(this.model, { choose: () => ({ provider: 'scripted', model: 'one' }) });
    this.attempts = new Attempts({
      commands: { command: (_mind, _deadline, decide) => Promise.resolve(this.command(decide)) },
      mindInfo: () => Promise.resolve(info),
      model,
      budget: new TokenBudget(undefined, systemClock),
      calls: new ModelCalls(),
      now: () => 0,
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
      observe: (reason) => this.reasons.push(reason),
    });
  }

  add(kind: string, meta: JsonObject = {}, content = ''): MindEvent {
    const position = this.log.length + 1;
    const at = new Date(Date.UTC(2026, 0, 1) + position * 1000).toISOString();
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

describe('attempts at a reflection', () => {
  it('asks the model beside the feed and appends what it wrote', async () => {
    const world = new World({ say: `${TEXT}\nCOMMIT: weed the garden` });
    world.add('reflection_requested');
    await world.tick();
    expect(world.kinds()).toEqual(['reflection_requested', 'autonomy_tick', 'reflection', 'commitment_open']);
    expect(world.model.requests[0]).toMatchObject({ purpose: 'reflection', style: 'succinct' });
    expect(world.reasons).toEqual(['manual']);
  });

  it('appends a rejection, and nothing else, for a text that is not good enough', async () => {
    const world = new World({ say: 'no.\nCOMMIT: weed the garden' });
    world.add('reflection_requested');
    await world.tick();
    expect(world.kinds().slice(2)).toEqual(['reflection_rejected']);
  });

  it('never alters a mind when the model fails or answers nothing; asks again after 1, 2, 4 … ticks', async () => {
    const world = new World(
      { fail: 'model_unavailable' },
      { say: ' ' },
      { fail: 'model_refused' },
      { say: TEXT },
    );
    world.add('reflection_requested');
    for (let n = 0; n < 8; n++) await world.tick();
    expect(world.reasons).toEqual([
      'manual',
      'manual',
      'model_unavailable',
      'manual',
      'model_unavailable',
      'model_unavailable',
      'model_unavailable',
      'manual',
    ]);
    expect(world.kinds().filter((kind) => kind !== 'autonomy_tick')).toEqual([
      'reflection_requested',
      'reflection',
    ]);
  });

  it('has one call in flight', async () => {
    const world = new World({ hang: true });
    world.add('reflection_requested');
    await world.tick();
    await world.tick();
    expect(world.reasons).toEqual(['manual', 'in_flight']);
    expect(world.model.requests).toHaveLength(1);
    await world.attempts.close(0);
  });

  it('drops a result when another attempt was recorded meanwhile', async () => {
    let answer: (text: string) => void = () => undefined;
    const world = new World({ say: TEXT });
    const said = new Promise<string>((resolve) => (answer = resolve));
    const complete = world.model.complete.bind(world.model);
    world.model.complete = async (request, options) => {
      await said;
      return complete(request, options);
    };
    world.add('reflection_requested');
    await world.tick();
    world.add('reflection_rejected', { trigger: 'manual', style: 'succinct', reason: 'too_short' });
    answer('now');
    await world.attempts.close(1_000);
    expect(world.kinds()).not.toContain('reflection');
  });

  it('aborts a call that is still open when patience ends; nothing is appended for it', async () => {
    const world = new World({ hang: true });
    world.add('reflection_requested');
    await world.tick();
    await world.attempts.close(10);
    expect(world.kinds()).toEqual(['reflection_requested', 'autonomy_tick']);
  });
});
