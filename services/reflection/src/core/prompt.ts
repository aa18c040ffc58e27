import type { Style, Trigger } from '#libs/contracts';
import {
  activeDirectives,
  chooseStyle,
  REFLECTION_CONTROLS,
  controlPrefixes,
  type ReflectionState,
  type SaidLine,
} from '#libs/mind';
import { STYLE_TEXT, TRIGGER_TEXT } from './prompt-texts';
import { SHOWN_COMMITMENTS, toldItems, urgentCommitments, type ToldItem } from './told-items';

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
