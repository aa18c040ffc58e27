import type { NewEvent } from '#libs/contracts';
import { commitmentId, draft, eventId, normaliseText, type Draft } from '#libs/kernel';
import {
  effectivePolicy,
  OPEN_LIMIT,
  parseControlLines,
  REFLECTION_CONTROLS,
  storableText,
  type ControlLine,
  type ReflectionState,
} from '#libs/mind';
import { judgeReflection } from './acceptance';
import type { ReflectionPrompt } from './prompt';

/** What a model answered to a prompt. */
export interface Attempt extends Pick<
  ReflectionPrompt,
  'trigger' | 'style' | 'from' | 'to' | 'previousAttempt'
> {
  mind: string;
  text: string;
  provider: string;
  model: string;
}

/** The id of the n-th event of an attempt: of two results for the same moment the log takes one. */
export const attemptEventId = (mind: string, previousAttempt: number, n: number): string =>
  n === 0 ? eventId(mind, 'attempt', previousAttempt) : eventId(mind, 'attempt', previousAttempt, n);

/**
 * The one append of a result, on the state at `watermark`: the reflection and what its control lines do, or its
 * rejection and nothing else. Lines that are malformed, or lie about evidence, do nothing.
 */
export function resultEvents(state: ReflectionState, attempt: Attempt, watermark: number): NewEvent[] {
  const text = storableText(attempt.text);
  const verdict = judgeReflection(text, state);
  const { trigger, style, from, to, provider, model } = attempt;
  const drafts = verdict.accepted
    ? [
        draft(
          'reflection',
          { trigger, style, from, to, provider, model, overlap: verdict.overlap },
          text.trim(),
        ),
        ...effects(state, { ...attempt, text }, watermark),
      ]
    : [draft('reflection_rejected', { trigger, style, reason: verdict.reason, overlap: verdict.overlap })];
  return drafts.map(({ kind, content, meta }, n) => ({
    id: attemptEventId(attempt.mind, attempt.previousAttempt, n),
    kind,
    content,
    meta,
  }));
}

/** What earlier lines of the same text have done. */
interface Done {
  drafts: Draft[];
  opened: Set<string>;
  closed: Set<string>;
}

function effects(
  state: ReflectionState,
  { text, mind, previousAttempt }: Attempt,
  watermark: number,
): Draft[] {
  const done: Done = { drafts: [], opened: new Set(), closed: new Set() };
  for (const line of parseControlLines(text, REFLECTION_CONTROLS).lines) {
    const n = done.drafts.length + 1;
    const cid = commitmentId(mind, attemptEventId(mind, previousAttempt, n));
    const effect = effectOf(state, line, { ...done, cid, origin: -n, watermark });
    if (effect) done.drafts.push(effect);
  }
  return done.drafts;
}

interface Place extends Done {
  /** The cid of a commitment that this line would open. */
  cid: string;
  /** Distance to the reflection. */
  origin: number;
  watermark: number;
}

function effectOf(state: ReflectionState, line: ControlLine, place: Place): Draft | null {
  if (line.refused !== undefined) return null;
  switch (line.kind) {
    case 'commit':
      return opening(state, line.text, place);
    case 'done':
      return closing(state, line, place);
    case 'directive':
      return draft('autonomy_directive', { source: 'reflection', origin: place.origin }, line.text);
    case 'policy':
      return policy(state, line);
    case 'name':
      return null;
  }
}

function opening(
  { commitments }: ReflectionState,
  text: string,
  { opened, cid, origin }: Place,
): Draft | null {
  const key = normaliseText(text);
  const isOpen = [...commitments.open.values()].some((record) => normaliseText(record.text) === key);
  if (isOpen || opened.has(key) || commitments.open.size + opened.size >= OPEN_LIMIT) return null;
  opened.add(key);
  return draft('commitment_open', { cid, source: 'reflection', origin }, text);
}

function closing(
  { commitments }: ReflectionState,
  { cid, evidence }: { cid: string; evidence: number[] },
  { closed, watermark }: Place,
): Draft | null {
  const record = commitments.open.get(cid);
  if (!record || closed.has(cid)) return null;
  const exist = evidence.every((position) => position >= 1 && position <= watermark);
  if (!exist || !evidence.some((position) => position > record.openPosition)) return null;
  closed.add(cid);
  return draft('commitment_close', { cid, evidence, outcome: 'done' });
}

/** A value that is in force already needs no event. */
function policy({ stage, policies }: ReflectionState, line: ControlLine & { kind: 'policy' }): Draft | null {
  if (line.refused !== undefined || effectivePolicy(line.key, stage, policies) === line.value) return null;
  const param = line.key.slice(line.key.indexOf('.') + 1);
  return draft('policy_update', {
    component: 'reflection',
    params: { [param]: line.value },
    reason: 'reflection',
  });
}
