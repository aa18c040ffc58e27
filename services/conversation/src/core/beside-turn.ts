import type { Control, MindEvent } from '#libs/contracts';
import { canonicalJson, leaderOf, type Beside, type BesideExplainer, type Besides } from '#libs/kernel';
import { readUserText } from '#libs/mind';

/** The n-th event after a reply is that of the n-th control line that did something. */
const ofReply: BesideExplainer = (event, near) => {
  const reply = leaderOf('assistant_message', event, near);
  if (!reply || !refersTo(event, reply)) return null;
  const did = controlsOf(reply).filter(({ accepted, reason }) => accepted && reason === undefined);
  const control = did[event.position - reply.position - 1];
  if (!control || KIND_OF[control.kind] !== event.kind) return null;
  return { cause: reply, numbers: { reply: reply.position, controlLine: control.line } };
};

const KIND_OF: Record<string, string> = {
  commit: 'commitment_open',
  done: 'commitment_close',
  name: 'identity_propose',
  directive: 'autonomy_directive',
};

/** Read again, a user's text implies the same event in the same place. */
const ofMessage: BesideExplainer = (event, near) => {
  const message = leaderOf('user_message', event, near);
  if (!message) return null;
  const implied = readUserText(message.content)[event.position - message.position - 1];
  const same = implied && textOf(implied) === textOf(event);
  return same ? { cause: message, numbers: { message: message.position, said: message.content } } : null;
};

const textOf = ({ kind, content, meta }: Pick<MindEvent, 'kind' | 'content' | 'meta'>): string =>
  canonicalJson([kind, content, meta]);

const ofEither: BesideExplainer = (event, near) => ofReply(event, near) ?? ofMessage(event, near);

/** Of each try of a turn's answer that named what does not exist; the turn's outcome follows in the same append. */
const falseTry: BesideExplainer = (event, near): Beside | null => {
  const { turnId, claims = [] } = event.meta;
  const ofTurn = near.filter(({ meta }) => meta.turnId === turnId);
  const outcome = ofTurn.find(({ kind, position }) => position > event.position && OUTCOMES.has(kind));
  if (!outcome) return null;
  const tries = positionsOf(ofTurn, 'hallucination_detected');
  const numbers = {
    ...{ claims, try: tries.indexOf(event.position) + 1, outcome: outcome.position },
    ...{ outcomeKind: outcome.kind, message: positionsOf(ofTurn, 'user_message')[0] ?? null },
  };
  return { cause: outcome, numbers };
};

const OUTCOMES = new Set(['assistant_message', 'turn_failed']);

/** A turn whose model has failed for good: the message that stays without a reply. */
const failed: BesideExplainer = (event, near): Beside | null => {
  const { turnId, code = null, retryable = null } = event.meta;
  const ofTurn = near.filter(({ meta }) => meta.turnId === turnId);
  const cause = ofTurn.find(({ kind }) => kind === 'user_message');
  if (!cause || code === 'timeout') return null;
  const falseTries = positionsOf(ofTurn, 'hallucination_detected');
  return { cause, numbers: { message: cause.position, code, retryable, falseTries } };
};

const positionsOf = (events: readonly MindEvent[], wanted: string): number[] =>
  events.filter(({ kind }) => kind === wanted).map(({ position }) => position);

/** An `origin` that names another event than this one: written by somebody else. */
const refersTo = ({ position, meta: { origin } }: MindEvent, leader: MindEvent): boolean =>
  typeof origin !== 'number' || (origin < 0 ? position + origin : origin) === leader.position;

const controlsOf = ({ meta: { controls } }: MindEvent): Control[] =>
  Array.isArray(controls) ? (controls as unknown as Control[]) : [];

/** The events of a turn's appends, by kind: from their message, their reply, or the tries before it. */
export const turnBesides: Besides = {
  commitment_open: ofReply,
  commitment_close: ofReply,
  identity_propose: ofEither,
  identity_adopt: ofMessage,
  autonomy_directive: ofEither,
  user_identity_set: ofMessage,
  knowledge_assert: ofMessage,
  hallucination_detected: falseTry,
  turn_failed: failed,
};
