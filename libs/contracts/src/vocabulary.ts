/** The closed vocabularies of the mind: every enum that events and requests share. */

export const NAME = /^\p{L}[\p{L}\p{M}\p{N} '\-_.]{0,63}$/u;

export const TRAITS = [
  'openness',
  'conscientiousness',
  'extraversion',
  'agreeableness',
  'neuroticism',
] as const;
export type Trait = (typeof TRAITS)[number];

export const STAGES = ['S0', 'S1', 'S2', 'S3', 'S4'] as const;
export type Stage = (typeof STAGES)[number];

export const STYLES = ['succinct', 'question_form', 'narrative', 'checklist', 'analytical'] as const;
export type Style = (typeof STYLES)[number];
export const TRIGGERS = ['manual', 'identity', 'cadence', 'growth', 'stuck'] as const;
export type Trigger = (typeof TRIGGERS)[number];
export const SKIPS = [
  'min_turns',
  'min_time',
  'no_new_material',
  'budget',
  'in_flight',
  'model_unavailable',
] as const;
export type Skip = (typeof SKIPS)[number];
export const REJECTIONS = ['too_short', 'too_long', 'too_few_lines', 'repetitive', 'overlap'] as const;
export type Rejection = (typeof REJECTIONS)[number];
export const POLICY_COMPONENTS = ['reflection'] as const;
/** Bounds of every policy value: `<component>.<param>`. */
export const POLICY_BOUNDS = {
  'reflection.min_turns': { min: 1, max: 6, integer: true },
  'reflection.min_seconds': { min: 10, max: 300, integer: false },
} as const;
export type PolicyKey = keyof typeof POLICY_BOUNDS;
