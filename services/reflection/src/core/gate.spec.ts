import { SKIPS, TRIGGERS } from '#libs/contracts';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { atTick, beforeNextTick, gate, NO_CALLS, waitTicks, type Calls } from './gate';

type Mind = Life<ReflectionState>;
const begin = (): Mind => new Life<ReflectionState>(reflectionFold);
const decide = (life: Mind, calls: Partial<Calls> = {}) => {
  life.tick();
  return gate(life.state, atTick(life.state), { ...NO_CALLS, ...calls });
};
const reason = (life: Mind, calls: Partial<Calls> = {}) => decide(life, calls).reason;
const stage = (life: Mind, to: 'S0' | 'S1' | 'S2' | 'S3' | 'S4') =>
  life.add('stage_update', { from: 'S0', to, ias: 0.5, gas: 0.5 });
const turns = (life: Mind, count: number) => {
  for (let n = 0; n < count; n++) life.turn();
};

/** A way to each reason there is, so that none is only a name. */
const WAYS: Record<(typeof TRIGGERS)[number] | (typeof SKIPS)[number], () => ReturnType<typeof decide>> = {
  manual: () => {
    const life = begin();
    life.add('reflection_requested', {});
    return decide(life);
  },
  identity: () => {
    const life = begin();
    life.adopt('Nova');
    return decide(life);
  },
  cadence: () => {
    const life = begin();
    turns(life, 2);
    return decide(life.wait(20));
  },
  growth: () => {
    const life = begin();
    life.turn();
    life.add('metrics_update', { ias: 0, gas: 0.05 });
    return decide(life);
  },
  stuck: () => {
    const life = begin();
    life.turn();
    life.tick(3);
    return decide(life);
  },
  no_new_material: () => decide(begin()),
  min_turns: () => {
    const life = begin();
    life.turn();
    return decide(life);
  },
  min_time: () => {
    const life = begin();
    turns(life, 2);
    return decide(life);
  },
  in_flight: () => {
    const life = begin();
    life.adopt('Nova');
    return decide(life, { inFlight: true });
  },
  budget: () => {
    const life = begin();
    life.adopt('Nova');
    return decide(life, { budgetSpent: true });
  },
  model_unavailable: () => {
    const life = begin();
    life.adopt('Nova');
    return decide(life, { retryAtTick: 2 });
  },
};

describe('the gate of reflection', () => {
  it.each([...TRIGGERS])('can be opened by %s', (trigger) =>
    expect(WAYS[trigger]()).toMatchObject({ wouldReflect: true, reason: trigger }),
  );

  it.each([...SKIPS])('can be held by %s', (skip) =>
    expect(WAYS[skip]()).toMatchObject({ wouldReflect: false, reason: skip }),
  );

  it('looks at the reasons in their order', () => {
    const life = begin();
    life.turn();
    life.tick(5);
    life.add('metrics_update', { ias: 0, gas: 0.5 });
    turns(life, 3);
    life.wait(100);
    expect(reason(life)).toBe('cadence');
    life.adopt('Nova');
    expect(reason(life)).toBe('identity');
    life.add('reflection_requested', {});
    expect(reason(life)).toBe('manual');
    life.reject();
    expect(reason(life)).toBe('no_new_material');
  });

  it('explains itself in numbers', () => {
    const life = begin();
    stage(life, 'S1');
    life.reflect();
    life.turn();
    life.wait(10);
    expect(decide(life)).toEqual({
      ...{
        wouldReflect: false,
        reason: 'min_turns',
        turnsSince: 1,
        secondsSince: 13,
        minTurns: 3,
        minSeconds: 35,
      },
    });
  });

  it('tells before the next tick what would be then', () => {
    const life = begin();
    life.turn();
    life.tick(3);
    expect(gate(life.state, atTick(life.state), NO_CALLS).wouldReflect).toBe(false);
    expect(gate(life.state, beforeNextTick(life.state), NO_CALLS)).toMatchObject({
      wouldReflect: true,
      reason: 'stuck',
    });
    expect(gate(reflectionFold.initialState(), { tick: 1, at: null }, NO_CALLS)).toMatchObject({
      secondsSince: 0,
    });
  });
});

describe('forced reflections', () => {
  it('come once: one adoption gives at most one reflection', () => {
    const life = begin();
    life.adopt('Nova');
    expect(reason(life)).toBe('identity');
    life.reflect(undefined, { trigger: 'identity' });
    for (let n = 0; n < 10; n++) expect(decide(life).wouldReflect).toBe(false);
  });

  it('two adoptions before one attempt give one', () => {
    const life = begin();
    life.adopt('Nova');
    life.adopt('Echo');
    life.reject();
    expect(decide(life).wouldReflect).toBe(false);
  });

  it('are not caused by an import', () => {
    const life = begin();
    life.imported('identity_adopt', { name: 'Nova' });
    life.imported('assistant_message', {}, 'x');
    life.tick(10);
    expect(reason(life.wait(1_000))).toBe('no_new_material');
  });
});

describe('cadence', () => {
  it.each([
    ['S0', 2, 20],
    ['S1', 3, 35],
    ['S2', 4, 50],
    ['S3', 5, 70],
    ['S4', 6, 90],
  ] as const)('in %s needs %d turns and %d seconds', (to, minTurns, minSeconds) => {
    const begun = (turnCount: number, seconds: number) => {
      const life = begin();
      stage(life, to);
      const attempt = life.reflect();
      turns(life, turnCount);
      life.nowMs = Date.parse(attempt.at) + seconds * 1_000;
      return decide(life);
    };
    expect(begun(minTurns, minSeconds)).toMatchObject({ wouldReflect: true, reason: 'cadence' });
    expect(begun(minTurns - 1, minSeconds).wouldReflect).toBe(false);
    expect(begun(minTurns, minSeconds - 0.001)).toMatchObject({ wouldReflect: false, reason: 'min_time' });
  });

  it('is changed by a policy, until the stage changes', () => {
    const life = begin();
    life.add('policy_update', {
      component: 'reflection',
      params: { min_turns: 4, min_seconds: 100 },
      reason: 'x',
    });
    turns(life, 3);
    life.wait(90);
    expect(decide(life)).toMatchObject({
      wouldReflect: false,
      minTurns: 4,
      minSeconds: 100,
      reason: 'min_turns',
    });
    life.turn();
    expect(reason(life)).toBe('cadence');
    life.reflect();
    stage(life, 'S1');
    expect(decide(life)).toMatchObject({ minTurns: 3, minSeconds: 35 });
  });
});

describe('growth', () => {
  const grown = (gas: number, turn = true) => {
    const life = begin();
    life.add('metrics_update', { ias: 0, gas: 0.3 });
    life.reflect();
    life.tick();
    life.add('metrics_update', { ias: 0, gas });
    if (turn) life.turn();
    return reason(life);
  };

  it('needs 0.05 more GAS than was known at the last attempt, and a turn', () => {
    expect(grown(0.35)).toBe('growth');
    expect(grown(0.34)).toBe('min_turns');
    expect(grown(0.2)).toBe('min_turns');
    expect(grown(0.35, false)).toBe('no_new_material');
  });
});

describe('stuck', () => {
  const stuckIn = (to: 'S0' | 'S1' | 'S2', ticks: number, turn = true) => {
    const life = begin();
    stage(life, to);
    life.reject();
    if (turn) life.turn();
    life.tick(ticks - 1);
    return reason(life);
  };

  it('needs S0 or S1, a turn and 4 ticks', () => {
    expect(stuckIn('S0', 4)).toBe('stuck');
    expect(stuckIn('S1', 4)).toBe('stuck');
    expect(stuckIn('S2', 4)).toBe('min_turns');
    expect(stuckIn('S0', 3)).toBe('min_turns');
    expect(stuckIn('S0', 4, false)).toBe('no_new_material');
  });
});

describe('calls of the model', () => {
  it('wait 1, 2, 4 … 64 ticks after failures', () => {
    const life = begin();
    life.adopt('Nova');
    expect([1, 2, 3, 4, 7, 8, 500].map(waitTicks)).toEqual([1, 2, 4, 8, 64, 64, 64]);
    expect(reason(life, { retryAtTick: 2 })).toBe('model_unavailable');
    expect(reason(life, { retryAtTick: 2 })).toBe('identity');
  });
});
