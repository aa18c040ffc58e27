import { activeDirectives, commitmentScore, type ReflectionState } from '#libs/mind';

/** One thing that the model is told, for models that need no language; the messages say the same in words. */
export interface ToldItem {
  kind: 'identity' | 'user' | 'stage' | 'directive' | 'commitment' | 'reflection' | 'said';
  position: number;
  text: string;
  speaker?: 'user' | 'assistant';
  cid?: string;
}

/** Open commitments beyond these are only counted. */
export const SHOWN_COMMITMENTS = 20;

/** The open commitments, the most urgent first. */
export function urgentCommitments({ commitments, ticks, clock }: ReflectionState) {
  const now = { tick: ticks.tick, at: clock.at };
  return [...commitments.open]
    .map(([cid, record]) => ({ cid, record, score: commitmentScore(record, now) }))
    .sort((a, b) => b.score - a.score || a.record.openPosition - b.record.openPosition);
}

/** What the messages of a prompt are built from. */
export function toldItems(state: ReflectionState, watermark: number): ToldItem[] {
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
