import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { stageSection, type StageState } from '../stage/stage.fold';
import { effectivePolicy } from './effective-policy';
import { boundPolicy, policiesSection, type PoliciesState } from './policies.fold';

const fold = composeFold<{ stage: StageState; policies: PoliciesState }>(1, {
  stage: stageSection,
  policies: policiesSection,
});
const begin = () => {
  const life = new Life(fold);
  const set = (params: Record<string, number>) =>
    life.add('policy_update', { component: 'reflection', params, reason: 'test' });
  const stage = (from: 'S0' | 'S1' | 'S4', to: 'S0' | 'S1' | 'S4') =>
    life.add('stage_update', { from, to, ias: 0.4, gas: 0.3 });
  const inForce = () => [
    effectivePolicy('reflection.min_turns', life.state.stage, life.state.policies),
    effectivePolicy('reflection.min_seconds', life.state.stage, life.state.policies),
  ];
  return { life, set, stage, inForce };
};

describe('policies', () => {
  it('are those of the stage’s table', () => {
    const { stage, inForce } = begin();
    expect(inForce()).toEqual([2, 20]);
    stage('S0', 'S4');
    expect(inForce()).toEqual([6, 90]);
  });

  it('a value that was set is absolute, wins over the table, and ends with the next stage', () => {
    const { set, stage, inForce } = begin();
    set({ min_turns: 5 });
    expect(inForce()).toEqual([5, 20]);
    set({ min_seconds: 31.5 });
    expect(inForce()).toEqual([5, 31.5]);
    stage('S0', 'S1');
    expect(inForce()).toEqual([3, 35]);
  });

  it('stay within their bounds, and unknown ones are nothing', () => {
    const { life, set, inForce } = begin();
    set({ min_turns: 99, min_seconds: 1, colour: 5 });
    expect(inForce()).toEqual([6, 10]);
    expect(life.state.policies.values.size).toBe(2);
    expect([boundPolicy('reflection.min_turns', 2.6), boundPolicy('reflection.min_seconds', 999)]).toEqual([
      3, 300,
    ]);
  });
});
