import type { MindEvent, NewEvent, Rejection, Trigger } from '#libs/contracts';
import { checkNewEvent, decided, draft, eventId, hashEvent } from '#libs/kernel';
import {
  conversationFold,
  commitmentFold,
  outcomeId,
  parseControlLines,
  projectionFold,
  reflectionFold,
  REPLY_CONTROLS,
  type CommitmentState,
  type ConversationState,
  type ProjectionState,
  type ReflectionState,
} from '#libs/mind';
import { judge } from '../../services/commitment/src/core/judge';
import { judgeControls, judgeRequestOf } from '../../services/conversation/src/core/control-judgement';
import { failureEvents, replyEvents } from '../../services/conversation/src/core/outcome';
import { userEvents } from '../../services/conversation/src/core/turn-events';
import { atTick, gate, NO_CALLS } from '../../services/reflection/src/core/gate';
import { reflectionPrompt, type ReflectionPrompt } from '../../services/reflection/src/core/prompt';
import { resultEvents } from '../../services/reflection/src/core/result';
import { RULED_SERVICES } from './service-rules';

const FIRST_MS = Date.UTC(2026, 0, 1);

/** All rules of a mind at work on one log, without any wire: each decision is appended and folded before the next event. */
export class World {
  readonly log: MindEvent[] = [];
  nowMs = FIRST_MS;
  /** Appends that the log refused because an id was in it already. */
  refused = 0;
  private readonly ids = new Set<string>();
  private begun: ReflectionPrompt | null = null;
  private readonly states = {
    projection: projectionFold.initialState() as Record<string, unknown>,
    commitment: commitmentFold.initialState() as Record<string, unknown>,
    reflection: reflectionFold.initialState() as Record<string, unknown>,
    conversation: conversationFold.initialState() as Record<string, unknown>,
  };

  constructor(
    readonly mind = 'ada',
    /** What the model writes when it is asked for a reflection; null: it fails. */
    private readonly reflect: (style: string, n: number) => string | null = () => null,
  ) {}

  get self(): ProjectionState {
    return this.states.projection as ProjectionState;
  }
  get promises(): CommitmentState {
    return this.states.commitment as CommitmentState;
  }
  get looking(): ReflectionState {
    return this.states.reflection as ReflectionState;
  }
  get talking(): ConversationState {
    return this.states.conversation as ConversationState;
  }

  wait(seconds: number): this {
    this.nowMs += seconds * 1_000;
    return this;
  }

  /** One append, and all that follows from it. False when an id is known. */
  append(events: readonly NewEvent[]): boolean {
    if (events.some(({ id }) => this.ids.has(id))) {
      this.refused++;
      return false;
    }
    const written = events.map((event) => this.write(event));
    const following = written.flatMap((event) => this.fold(event));
    for (const one of following) this.append(one);
    return true;
  }

  tick(): void {
    const tick = this.self.ticks.tick + 1;
    const id = eventId(this.mind, 'tick', tick);
    this.append([{ id, ...draft('autonomy_tick', { tick, reason: 'heartbeat' }) }]);
    const { begun } = this;
    this.begun = null;
    if (begun) this.attempt(begun);
  }

  /** A turn whose model answers with `answer`; null: it fails. */
  turn(turnId: string, text: string, answer: string | null): void {
    const turn = { mind: this.mind, turnId };
    this.append(userEvents({ ...turn, text }));
    if (answer === null) {
      this.append(failureEvents(turn, { code: 'model_unavailable', retryable: true }, []));
      return;
    }
    const contextPosition = this.log.length;
    const { shown, lines } = parseControlLines(answer, REPLY_CONTROLS);
    const request = judgeRequestOf(turn, lines, contextPosition);
    const verdicts = request && judge(this.promises, request, this.log.length);
    const model = {
      provider: 'scripted',
      model: 'one',
      promptDigest: 'd',
      usage: { inputTokens: 1, outputTokens: 1 },
    };
    const reply = { shown, lines, ...model, contextPosition, hallucinations: [], unfounded: false };
    this.append(replyEvents(turn, reply, judgeControls(turn, lines, verdicts)));
  }

  /** A user message that stays without an answer. */
  say(turnId: string, text: string): void {
    this.append(userEvents({ mind: this.mind, turnId, text }));
  }

  kinds(kind: string): MindEvent[] {
    return this.log.filter((event) => event.kind === kind);
  }

  rejections(reason: Rejection): MindEvent[] {
    return this.kinds('reflection_rejected').filter(({ meta }) => meta['reason'] === reason);
  }

  hasOutcome(turnId: string): boolean {
    return this.ids.has(outcomeId(this.mind, turnId));
  }

  /** The gate is looked at on the state at the tick itself, before anything that follows from it. */
  private lookAtGate({ position }: MindEvent): void {
    const { wouldReflect, reason } = gate(this.looking, atTick(this.looking), NO_CALLS);
    if (wouldReflect) this.begun = reflectionPrompt(this.looking, reason as Trigger, position);
  }

  private attempt(prompt: ReflectionPrompt): void {
    const text = this.reflect(prompt.style, this.looking.reflections.count);
    if (text === null) return;
    const attempt = { ...prompt, mind: this.mind, text, provider: 'scripted', model: 'one' };
    this.append(resultEvents(this.looking, attempt, this.log.length));
  }

  private write(given: NewEvent): MindEvent {
    const { metaJson, version } = checkNewEvent(given);
    const { id, kind, content } = given;
    const event = {
      ...{ mind: this.mind, position: this.log.length + 1, id, kind, version },
      ...{ at: new Date(this.nowMs).toISOString(), content, meta: JSON.parse(metaJson) as MindEvent['meta'] },
      prevHash: this.log.at(-1)?.hash ?? null,
    };
    const written = { ...event, hash: hashEvent(event) };
    this.log.push(written);
    this.ids.add(id);
    return written;
  }

  private fold(event: MindEvent): NewEvent[][] {
    for (const { service, fold } of RULED_SERVICES) {
      this.states[service] = fold.evolve(this.states[service], event);
    }
    if (event.kind === 'autonomy_tick') this.lookAtGate(event);
    return RULED_SERVICES.flatMap(({ service, rules }) =>
      rules
        .filter(({ kinds }) => kinds.includes(event.kind) || kinds.length === 0)
        .flatMap((rule) =>
          rule.decide(this.states[service], event).map((d) => decided(this.mind, service, rule.name, d)),
        ),
    );
  }
}

/** Numbers that look random and are the same in every run (mulberry32). */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
