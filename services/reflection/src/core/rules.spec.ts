import { reflectionFold, type ReflectionState } from '#libs/mind';
import { idsOf, Life } from '#test/replay/life';
import { efficacyOf, hitRateOf, median, metaReflectionRule, selfAssessmentRule } from './assessment.rules';
import { policyAfter, policyRule } from './policy.rule';
import { rewardOf, rewardRule } from './reward.rule';
import { reflectionRules } from './rules';

const begin = () => new Life<ReflectionState>(reflectionFold, reflectionRules);
const reflectTimes = (life: Life<ReflectionState>, times: number) => {
  for (let n = 0; n < times; n++) life.reflect();
};

describe('bandit_reward', () => {
  it.each([
    [0, 0, 0, 0],
    [0.4, 0, 0, 0.2],
    [-0.4, 0, 0, 0],
    [0, 4, 1, 0.125],
    [0, 0, 1, 0.5],
    [1, 1, 5, 1],
  ])('of an IAS change of %d, %d opens and %d closes is %d', (iasChange, opens, closes, reward) =>
    expect(rewardOf({ style: 'succinct', iasChange, opens, closes })).toBeCloseTo(reward, 12),
  );

  it('comes at the first tick at least 3 after, to the reflection that earned it', () => {
    const life = begin();
    life.tick();
    const first = life.reflect(undefined, { style: 'checklist' });
    life.open('c1');
    life.close('c1');
    life.tick();
    const second = life.reflect(undefined, { style: 'narrative' });
    expect(life.tick()).toEqual([]);
    const drafts = life.tick();
    expect(drafts).toEqual([
      {
        kind: 'bandit_reward',
        content: '',
        meta: { reflection: first.position, style: 'checklist', reward: 0.5 },
      },
    ]);
    const decided = idsOf('ada', 'reflection', rewardRule.name, life.decisions('bandit_reward'));
    life.tick();
    expect(idsOf('ada', 'reflection', rewardRule.name, life.decisions('bandit_reward'))[0]).toBe(decided[0]);
    life.append(life.decide());
    expect(life.state.bandit.rewards.get('narrative')).toEqual({ count: 1, sum: 0 });
    expect(second.position).toBeGreaterThan(0);
    expect(life.tick()).toEqual([]);
  });
});

describe('meta_reflection', () => {
  it('comes at the first tick at which 5 reflections have gathered, with what they led to', () => {
    const life = begin();
    life.open('c1');
    life.open('c2');
    life.open('c3');
    life.close('c1');
    life.add('commitment_expire', { cid: 'c2', reason: 'ttl' });
    life.add('trait_update', { delta: { openness: 0.025 }, reason: 'r' });
    life.add('trait_update', { delta: { openness: -0.025, extraversion: 0.01 }, reason: 'r' });
    reflectTimes(life, 5);
    expect(life.decide()).toEqual([]);
    expect(life.tick()).toEqual([
      {
        kind: 'meta_reflection',
        content: '',
        meta: {
          ...{ window: { from: 1, to: 13 }, opened: 3, closed: 1, expired: 1, efficacy: 1 / 3 },
          traitDelta: { extraversion: 0.01 },
        },
      },
    ]);
  });

  it('is the same at a later tick, until it is in the log', () => {
    const life = begin();
    reflectTimes(life, 5);
    life.tick();
    const [first] = life.decisions('meta_reflection');
    life.open('c1');
    reflectTimes(life, 5);
    life.tick();
    expect(life.decisions('meta_reflection')).toEqual([first]);
    life.append(first?.drafts ?? []);
    life.tick();
    expect(life.decide('meta_reflection')).toMatchObject([{ meta: { opened: 1, window: { from: 7 } } }]);
  });

  it('has an efficacy of at most 1', () => {
    const counts = { from: 1, reflections: 5, expired: 0, traitDelta: {} };
    expect(efficacyOf({ ...counts, opened: 0, closed: 3 })).toBe(1);
    expect(efficacyOf({ ...counts, opened: 0, closed: 0 })).toBe(0);
    expect(efficacyOf({ ...counts, opened: 4, closed: 1 })).toBe(0.25);
  });
});

describe('self_assessment', () => {
  it('comes when 10 reflections have gathered, and tells what became of what they opened', () => {
    const life = begin();
    life.reflect();
    life.add('commitment_open', { cid: 'a', source: 'reflection', origin: -1 }, 'do a');
    life.add('commitment_open', { cid: 'b', source: 'reflection', origin: -2 }, 'do b');
    life.tick(3);
    life.close('a');
    reflectTimes(life, 9);
    life.tick();
    expect(life.decide('self_assessment')).toEqual([
      {
        kind: 'self_assessment',
        content: '',
        meta: { window: { from: 1, to: life.position }, hitRate: 0.5, closeLagTicks: 3, efficacy: 0.5 },
      },
    ]);
  });

  it('has a hit rate of 0 when they opened nothing, and the median lag', () => {
    const window = { from: 1, to: 2, reflections: 10, opened: 0, closed: 0, expired: 0, traitDelta: {} };
    expect(hitRateOf({ ...window, opensOfReflections: 0, lagTicks: [] })).toBe(0);
    expect([median([]), median([3]), median([5, 1]), median([9, 1, 4]), median([4, 1, 2, 3])]).toEqual([
      0, 3, 3, 4, 2.5,
    ]);
  });
});

describe('policy_update', () => {
  const after = (efficacy: number, hitRate: number, minTurns = 3, minSeconds = 35) =>
    policyAfter({ position: 1, efficacy, hitRate, minTurns, minSeconds });

  it('reflects sooner when it goes well, later when it goes badly, and as before otherwise', () => {
    expect(after(0.6, 0.5)).toEqual({ min_turns: 2, min_seconds: 31.5 });
    expect(after(0.19, 0.19)).toEqual({ min_turns: 4, min_seconds: 40.25 });
    for (const [efficacy, hitRate] of [
      [0.6, 0.49],
      [0.59, 1],
      [0.2, 0.1],
      [0.1, 0.2],
      [0.4, 0.4],
    ] as const)
      expect(after(efficacy, hitRate)).toEqual({});
  });

  it('stays in bounds, and makes no change under 10 %', () => {
    expect(after(1, 1, 1, 10)).toEqual({});
    expect(after(1, 1, 1, 10.5)).toEqual({});
    expect(after(1, 1, 1, 20)).toEqual({ min_seconds: 18 });
    expect(after(0, 0, 6, 300)).toEqual({});
    expect(after(0, 0, 6, 290)).toEqual({});
    expect(after(0, 0, 5, 270)).toEqual({ min_turns: 6, min_seconds: 300 });
  });

  it('comes right after the assessment, once, and changes the gate that it names', () => {
    const life = begin();
    const event = life.add('self_assessment', {
      ...{ window: { from: 1, to: 2 }, hitRate: 1, closeLagTicks: 1, efficacy: 1 },
    });
    const drafts = life.decide();
    expect(drafts).toEqual([
      {
        kind: 'policy_update',
        content: '',
        meta: {
          ...{ component: 'reflection', params: { min_turns: 1, min_seconds: 18 } },
          reason: `self-assessment #${event.position}`,
        },
      },
    ]);
    const ids = idsOf('ada', 'reflection', policyRule.name, life.decisions());
    life.tick();
    expect(idsOf('ada', 'reflection', policyRule.name, life.decisions())).toEqual(ids);
    life.append(drafts);
    expect(life.tick()).toEqual([]);
    expect([...life.state.policies.values]).toEqual([
      ['reflection.min_turns', 1],
      ['reflection.min_seconds', 18],
    ]);
  });

  it('does not come when the stage has changed meanwhile', () => {
    const life = begin();
    life.add('self_assessment', { window: { from: 1, to: 2 }, hitRate: 1, closeLagTicks: 1, efficacy: 1 });
    life.add('stage_update', { from: 'S0', to: 'S1', ias: 0.5, gas: 0.5 });
    expect(life.tick()).toEqual([]);
  });
});

it('the rules of reflection are four', () =>
  expect(reflectionRules).toEqual([rewardRule, metaReflectionRule, selfAssessmentRule, policyRule]));
