import { STYLES, TRAITS, type JsonObject } from '#libs/contracts';
import { Phrases } from './phrases';
import { Random } from './random';

/** An event before it has a place in a log, and how long after the one before it happens. */
export interface Happening {
  kind: string;
  content: string;
  meta: JsonObject;
  gapMs: number;
}

const TICK_MS = 10_000;
const OPEN_AT_MOST = 25;
const TURN_SHARE = 0.35;
const OPEN_SHARE = 0.4;
const RARE_SHARE = 0.04;

export const happening = (kind: string, meta: JsonObject, content = '', gapMs = 40): Happening => ({
  kind,
  content,
  meta,
  gapMs,
});

/** What the life of a mind knows while it is written. */
export class Life {
  readonly phrases: Phrases;
  readonly open: string[] = [];
  position = 0;
  tick = 0;
  turns = 0;
  commitments = 0;
  name = 'Nova';
  lastReflection = 0;
  private reflections = 0;

  /** @param rarities What happens now and then: the n-th of it, or without a number all of it. */
  constructor(
    readonly random: Random,
    private readonly rarities: (life: Life, n?: number) => Iterable<Happening>,
  ) {
    this.phrases = new Phrases(random);
  }

  /** Its events without end, like those that the services write for a mind in use: ticks, turns, promises, reflections. */
  *happenings(): Generator<Happening, never> {
    yield* this.counted(this.rarities(this));
    for (;;) yield* this.counted(this.beat());
  }

  private *counted(events: Iterable<Happening>): Generator<Happening, void> {
    for (const event of events) {
      this.position++;
      yield event;
    }
  }

  private *beat(): Generator<Happening> {
    const { random } = this;
    yield this.nextTick();
    if (random.happens(TURN_SHARE)) yield* this.turn();
    if (this.open.length > OPEN_AT_MOST || (this.open.length > 0 && random.happens(0.1))) yield this.close();
    if (this.tick % 30 === 0) yield happening('metrics_update', { ias: this.score(), gas: this.score() });
    if (this.tick % 12 === 0) yield* this.reflect();
    if (random.happens(RARE_SHARE)) yield* this.rarities(this, random.below(1_000));
  }

  nextTick(): Happening {
    return happening('autonomy_tick', { tick: ++this.tick, reason: 'heartbeat' }, '', TICK_MS);
  }

  *turn(): Generator<Happening> {
    const turnId = `turn-${++this.turns}`;
    yield happening('user_message', { turnId }, this.phrases.said(1, 3), 3_000);
    const contextPosition = this.position;
    const about = { provider: 'echo', model: 'echo', contextPosition, promptDigest: this.random.uuid() };
    yield happening('assistant_message', { turnId, ...about }, this.phrases.said(2, 7), 900);
    if (this.random.happens(OPEN_SHARE)) yield this.openOne({ origin: -1, source: 'assistant' });
  }

  openOne(meta: JsonObject): Happening {
    const cid = `c${(++this.commitments).toString(36).padStart(11, '0')}`;
    this.open.push(cid);
    const text = `${this.phrases.words(4 + this.random.below(8))} ${this.commitments}`;
    return happening('commitment_open', { cid, ...meta }, text);
  }

  close(): Happening {
    const cid = this.open.shift() ?? 'c00000000000';
    const outcome = this.random.happens(0.8) ? 'done' : 'dropped';
    return happening('commitment_close', { cid, evidence: [this.position], outcome }, 'as promised');
  }

  *reflect(): Generator<Happening> {
    const { random, lastReflection: from } = this;
    const style = random.pick(STYLES);
    const window = { from: Math.max(1, from), to: this.position };
    const about = { provider: 'echo', model: 'echo', overlap: random.below(40) / 100 };
    const text = `${this.phrases.said(1, 3)}\n${this.phrases.said(1, 3)}`;
    yield happening('reflection', { trigger: 'cadence', style, ...window, ...about }, text);
    this.lastReflection = this.position;
    for (let n = 0; n < 3; n++) yield this.nextTick();
    const reward = random.below(100) / 100;
    yield happening('bandit_reward', { reflection: this.lastReflection, style, reward });
    this.reflections++;
    const counts = { opened: 3, closed: 2, expired: 0, efficacy: 0.5 };
    const traitDelta = { [random.pick(TRAITS)]: 0.02 };
    if (this.reflections % 5 === 0) yield happening('meta_reflection', { window, ...counts, traitDelta });
    if (this.reflections % 10 === 0)
      yield happening('self_assessment', { window, hitRate: 0.5, closeLagTicks: 4, efficacy: 0.5 });
  }

  score(): number {
    return this.random.below(1_000) / 1_000;
  }
}
