import type { Control, ErrorCode, IdsReply, MetaOf, MindEvent, NewEvent, TurnReply } from '#libs/contracts';
import { draft, eventId } from '#libs/kernel';
import { CONTROL_LINES, outcomeId, userMessageId, type ControlLine } from '#libs/mind';
import { controlId, type Judgement, type TurnName } from './control-judgement';

/** An answer that is to be delivered. */
export interface Answer {
  shown: string;
  lines: ControlLine[];
  provider: string;
  model: string;
  contextPosition: number;
  promptDigest: string;
  usage: { inputTokens: number; outputTokens: number };
  /** What each answer named and did not exist, in order of the tries; empty when none did. */
  hallucinations: string[][];
  /** True when this answer itself is one of those. */
  unfounded: boolean;
}

/** One `hallucination_detected` a try that named what does not exist, in the order in which it happened. */
function hallucinationEvents({ mind, turnId }: TurnName, hallucinations: readonly string[][]): NewEvent[] {
  return hallucinations.map((claims, n) => ({
    id: eventId(mind, turnId, 'hallucination', n),
    ...draft('hallucination_detected', { turnId, claims }),
  }));
}

/** The append of a reply: what was found false on the way, the reply, and what its control lines do. */
export function replyEvents(turn: TurnName, answer: Answer, { controls, events }: Judgement): NewEvent[] {
  const { provider, model, contextPosition, promptDigest, usage, shown } = answer;
  const meta: MetaOf<'assistant_message'> = {
    turnId: turn.turnId,
    provider,
    model,
    contextPosition,
    promptDigest,
    usage,
    controls: controls.length ? controls : undefined,
  };
  const reply = { id: outcomeId(turn.mind, turn.turnId), ...draft('assistant_message', meta, shown) };
  return [...hallucinationEvents(turn, answer.hallucinations), reply, ...events];
}

export interface Failure {
  code: ErrorCode;
  retryable: boolean;
}

/** The append of a turn that ends without a reply. */
export function failureEvents(
  turn: TurnName,
  failure: Failure,
  hallucinations: readonly string[][],
): NewEvent[] {
  const { code, retryable } = failure;
  const failed = draft('turn_failed', { turnId: turn.turnId, code, retryable });
  return [...hallucinationEvents(turn, hallucinations), { id: outcomeId(turn.mind, turn.turnId), ...failed }];
}

/** The ids of a turn's events by which its outcome is told again. */
export function recordedIds(turn: TurnName): string[] {
  const controls = Array.from({ length: CONTROL_LINES }, (_, n) => controlId(turn, n));
  return [userMessageId(turn.mind, turn.turnId), outcomeId(turn.mind, turn.turnId), ...controls];
}

/** What the log says that a turn came to; `said` is the user's text. */
export type Recorded =
  | { kind: 'reply'; reply: TurnReply; said: string }
  | { kind: 'failed'; code: string; retryable: boolean; said: string };

/** Reads the outcome from the events that `recordedIds` name; null while the turn is open. */
export function readRecorded(turn: TurnName, { events }: Pick<IdsReply, 'events'>): Recorded | null {
  const byId = new Map(events.map((event) => [event.id, event]));
  const user = byId.get(userMessageId(turn.mind, turn.turnId));
  const outcome = byId.get(outcomeId(turn.mind, turn.turnId));
  if (!user || !outcome) return null;
  if (outcome.kind === 'turn_failed') {
    const { code, retryable } = outcome.meta as MetaOf<'turn_failed'>;
    return { kind: 'failed', code, retryable, said: user.content };
  }
  return { kind: 'reply', reply: replyOf(turn, user, outcome, events), said: user.content };
}

function replyOf({ turnId }: TurnName, user: MindEvent, outcome: MindEvent, events: MindEvent[]): TurnReply {
  return {
    turnId,
    text: outcome.content,
    positions: { user: user.position, reply: outcome.position },
    watermark: Math.max(...events.map(({ position }) => position)),
    controls: (outcome.meta['controls'] as Control[] | undefined) ?? [],
  };
}
