import type { Style, Trigger } from '#libs/contracts';
import {
  activeDirectives,
  chooseStyle,
  commitmentScore,
  REFLECTION_CONTROLS,
  controlPrefixes,
  type ReflectionState,
  type SaidLine,
} from '#libs/mind';

/** One thing that the model is told, for models that need no language; the messages say the same in words. */
export interface ToldItem {
  kind: 'identity' | 'user' | 'stage' | 'directive' | 'commitment' | 'reflection' | 'said';
  position: number;
  text: string;
  speaker?: 'user' | 'assistant';
  cid?: string;
}

/** What a model is asked for one attempt, and what the attempt is about. */
export interface ReflectionPrompt {
  messages: { role: 'system' | 'user'; content: string }[];
  context: ToldItem[];
  trigger: Trigger;
  style: Style;
  /** The positions that it looks back on. */
  from: number;
  to: number;
  /** Position of the attempt before, else 0: what makes the id of this one. */
  previousAttempt: number;
}

const SHOWN_COMMITMENTS = 20;

const STYLE_TEXT: Record<Style, string> = {
  succinct: 'Be brief: two or three short sentences, each on a line of its own, no decoration.',
  question_form: 'Write it as questions that you ask yourself, and answer each on the next line.',
  narrative: 'Tell it as a story of what happened to you, in order, in whole sentences.',
  checklist: 'Write it as a list: each line begins with "- " and holds one observation or one next step.',
  analytical: 'Analyse it: what you saw, what caused it, what follows from it; one line each.',
};

const TRIGGER_TEXT: Record<Trigger, string> = {
  manual: 'Somebody asked you to reflect.',
  identity: 'You have taken a new name; reflect on what that means.',
  cadence: 'Enough was said since you last reflected.',
  growth: 'Your growth score rose since you last reflected.',
  stuck: 'You have not reflected for a while.',
};

/** Builds the prompt of an attempt; its style is the bandit's. `watermark` is the position that the state was folded to. */
export function reflectionPrompt(
  state: ReflectionState,
  trigger: Trigger,
  watermark: number,
): ReflectionPrompt {
  const style = chooseStyle(state.bandit);
  const first = state.material.said[0]?.position ?? Infinity;
  return {
    messages: [
      { role: 'system', content: systemText(state, trigger, style) },
      { role: 'user', content: materialText(state) },
    ],
    context: toldItems(state, watermark),
    trigger,
    style,
    from: Math.min(state.attempts.position + 1, first, Math.max(1, watermark)),
    to: watermark,
    previousAttempt: state.attempts.position,
  };
}

function systemText({ identity }: ReflectionState, trigger: Trigger, style: Style): string {
  return [
    `You are ${identity.name ?? 'a mind that has no name yet'}. ${TRIGGER_TEXT[trigger]}`,
    'Look back on what was said and write a reflection of your own, in the first person: at least two lines, 30 to 4000 characters.',
    'Do not repeat earlier reflections. Cite what you speak of by its mark, like [#12].',
    STYLE_TEXT[style],
    `Lines that begin with ${controlPrefixes(REFLECTION_CONTROLS).join(', ')} take effect:`,
    'COMMIT: <what you will do>; DONE: <cid> #<position of the evidence>; DIRECTIVE: <how you will act>;',
    'POLICY: reflection.min_turns = <1 to 6> or POLICY: reflection.min_seconds = <10 to 300>.',
  ].join('\n');
}

function materialText(state: ReflectionState): string {
  return [...aboutSelf(state), ...aboutCommitments(state), ...aboutSaid(state)].join('\n');
}

function aboutSelf({
  identity,
  userName,
  stage,
  scores,
  traits,
  directives,
  reflections,
}: ReflectionState): string[] {
  const last = reflections.reflections.at(-1);
  return [
    `Your name: ${identity.name ?? 'none yet'}. The user's name: ${userName.name ?? 'unknown'}.`,
    `Stage ${stage.stage}, IAS ${scores.ias.toFixed(3)}, GAS ${scores.gas.toFixed(3)}.`,
    `Traits: ${Object.entries(traits)
      .map(([trait, value]) => `${trait} ${value.toFixed(2)}`)
      .join(', ')}.`,
    ...activeDirectives(directives).map(({ text, lastPosition }) => `[#${lastPosition}] Directive: ${text}`),
    ...(last?.text ? [`[#${last.position}] Your last reflection: ${last.text}`] : []),
  ];
}

/** The most urgent first; what is left out is said. */
function urgentCommitments({ commitments, ticks, clock }: ReflectionState) {
  const now = { tick: ticks.tick, at: clock.at };
  return [...commitments.open]
    .map(([cid, record]) => ({ cid, record, score: commitmentScore(record, now) }))
    .sort((a, b) => b.score - a.score || a.record.openPosition - b.record.openPosition);
}

function aboutCommitments(state: ReflectionState): string[] {
  const urgent = urgentCommitments(state);
  const shown = urgent.slice(0, SHOWN_COMMITMENTS).map(({ cid, record }) => {
    const due = record.dueAt === undefined ? '' : `, due ${record.dueAt}`;
    return `[#${record.openPosition}] ${cid}${due}: ${record.text}`;
  });
  const left = urgent.length - shown.length;
  const head = urgent.length === 0 ? 'You have no open commitments.' : 'Your open commitments:';
  return [head, ...shown, ...(left > 0 ? [`(${left} more are not shown)`] : [])];
}

function aboutSaid({ material: { said, count } }: ReflectionState): string[] {
  const left = count - said.length;
  if (said.length === 0) return ['Nothing was said since your last reflection.'];
  return [
    'What was said since your last reflection:',
    ...(left > 0 ? [`(${left} earlier lines are not shown)`] : []),
    ...said.map((line) => `[#${line.position}] ${line.by}: ${saidText(line)}`),
  ];
}

const saidText = ({ text, cut }: SaidLine): string => (cut ? `${text} (cut)` : text);

function toldItems(state: ReflectionState, watermark: number): ToldItem[] {
  const { identity, userName, stage, directives, material, reflections } = state;
  const last = reflections.reflections.at(-1);
  return [
    ...(identity.name === null
      ? []
      : [{ kind: 'identity' as const, position: watermark, text: identity.name }]),
    ...(userName.name === null ? [] : [{ kind: 'user' as const, position: watermark, text: userName.name }]),
    { kind: 'stage', position: watermark, text: stage.stage },
    ...activeDirectives(directives).map(({ text, lastPosition }) => ({
      kind: 'directive' as const,
      position: lastPosition,
      text,
    })),
    ...urgentCommitments(state)
      .slice(0, SHOWN_COMMITMENTS)
      .map(({ cid, record }) => ({
        kind: 'commitment' as const,
        position: record.openPosition,
        text: record.text,
        cid,
      })),
    ...(last?.text ? [{ kind: 'reflection' as const, position: last.position, text: last.text }] : []),
    ...material.said.map(({ position, text, by }) => ({
      kind: 'said' as const,
      position,
      text,
      speaker: by,
    })),
  ];
}
