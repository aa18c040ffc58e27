import type { PolicyKey } from '#libs/contracts';
import { STAGE_TABLE } from '../stage/stage.constants';
import type { StageState } from '../stage/stage.fold';
import type { PoliciesState } from './policies.fold';

/** The value in force: the policy's, else that of the stage's table. */
export function effectivePolicy(key: PolicyKey, { stage }: StageState, policies: PoliciesState): number {
  const row = STAGE_TABLE[stage];
  const standard = { 'reflection.min_turns': row.minTurns, 'reflection.min_seconds': row.minSeconds };
  return policies.values.get(key) ?? standard[key];
}
