import { TRAITS, type Trait } from '#libs/contracts';
import { draft, type Rule } from '#libs/kernel';
import type { DueAssessment, ReflectionState, WindowCounts } from '#libs/mind';

const TRAIT_DECIMALS = 6;

/** closed / max(1, opened), at most 1. */
export const efficacyOf = ({ opened, closed }: WindowCounts): number =>
  Math.min(1, closed / Math.max(1, opened));

/** Of the commitments that the window's reflections opened, the share that is closed as done; 0 if they opened none. */
export const hitRateOf = ({ opensOfReflections, lagTicks }: DueAssessment): number =>
  opensOfReflections === 0 ? 0 : lagTicks.length / opensOfReflections;

/** The median of some numbers; 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

function traitDeltaOf({ traitDelta }: WindowCounts): Partial<Record<Trait, number>> {
  const rounded = TRAITS.map(
    (trait) => [trait, Number((traitDelta[trait] ?? 0).toFixed(TRAIT_DECIMALS))] as const,
  );
  return Object.fromEntries(rounded.filter(([, delta]) => delta !== 0));
}

/** At the first tick at which 5 reflections have gathered. */
export const metaReflectionRule: Rule<ReflectionState> = {
  name: 'meta_reflection',
  kinds: ['autonomy_tick'],
  decide: ({ windows: { dueMeta } }) => {
    if (!dueMeta) return [];
    const { from, to, opened, closed, expired } = dueMeta;
    const meta = {
      ...{ window: { from, to }, opened, closed, expired },
      efficacy: efficacyOf(dueMeta),
      traitDelta: traitDeltaOf(dueMeta),
    };
    return [{ cause: `window:${from}:${to}`, drafts: [draft('meta_reflection', meta)] }];
  },
};

/** At the first tick at which 10 reflections have gathered. */
export const selfAssessmentRule: Rule<ReflectionState> = {
  name: 'self_assessment',
  kinds: ['autonomy_tick'],
  decide: ({ windows: { dueAssessment } }) => {
    if (!dueAssessment) return [];
    const { from, to, lagTicks } = dueAssessment;
    const meta = {
      window: { from, to },
      hitRate: hitRateOf(dueAssessment),
      closeLagTicks: median(lagTicks),
      efficacy: efficacyOf(dueAssessment),
    };
    return [{ cause: `window:${from}:${to}`, drafts: [draft('self_assessment', meta)] }];
  },
};
