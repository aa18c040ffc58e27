import { Life } from '#test/replay/life';
import { reflectionFold } from '../services';
import { chooseStyle, meanReward } from './bandit.fold';

const begin = () => new Life(reflectionFold);

describe('reflections', () => {
  it('are the last 50, the last 10 with their text', () => {
    const life = begin();
    for (let n = 1; n <= 55; n++) life.reflect(`reflection number ${n}\nis here`);
    const { reflections, count } = life.state.reflections;
    expect(count).toBe(55);
    expect(reflections).toHaveLength(50);
    expect(reflections.filter(({ text }) => text !== null)).toHaveLength(10);
    expect(reflections[0]).toMatchObject({
      position: 6,
      text: null,
      trigger: 'cadence',
      style: 'succinct',
      reward: null,
    });
    expect(reflections[40]?.text).toBe('reflection number 46\nis here');
  });

  it('get their own reward, and no other', () => {
    const life = begin();
    const first = life.reflect();
    life.reflect();
    life.add('bandit_reward', { reflection: first.position, style: 'succinct', reward: 0.5 });
    expect(life.state.reflections.reflections.map(({ reward }) => reward)).toEqual([0.5, null]);
  });

  it('of an import have neither trigger nor style', () => {
    const life = begin();
    life.imported('reflection', { style: 'wild', trigger: 7 }, 'x'.repeat(9_000));
    expect(life.state.reflections.reflections[0]).toMatchObject({ trigger: null, style: null, provider: '' });
    expect(life.state.reflections.reflections[0]?.text).toHaveLength(4_000);
  });
});

describe('what the gate looks at', () => {
  it('counts turns, requests and adoptions since the last attempt, accepted or not', () => {
    for (const attempt of ['reflect', 'reject'] as const) {
      const life = begin();
      life.turn();
      life.turn();
      const request = life.add('reflection_requested', {});
      life.add('reflection_requested', {});
      const adoption = life.adopt('Nova');
      expect(life.state.attempts).toMatchObject({
        turns: 2,
        requested: request.position,
        adopted: adoption.position,
      });
      life.tick(3);
      life.add('metrics_update', { ias: 0.1, gas: 0.4 });
      const event = life[attempt]();
      expect(life.state.attempts).toEqual({
        ...{ position: event.position, at: event.at, tick: 3, gas: 0.4, turns: 0, requested: 0, adopted: 0 },
      });
    }
  });

  it('an import brings no turn, request or adoption, but its reflections are attempts', () => {
    const life = begin();
    life.imported('assistant_message', {}, 'x');
    life.imported('identity_adopt', { name: 'Nova' });
    life.imported('reflection', {}, 'x');
    expect(life.state.attempts).toMatchObject({ position: 3, turns: 0, adopted: 0 });
  });
});

describe('the material of the next reflection', () => {
  it('is what was said since the last attempt: at most 40, each cut at 500 characters', () => {
    const life = begin();
    life.turn('a'.repeat(600), 'short');
    for (let n = 0; n < 22; n++) life.turn(`text ${n}`);
    const { said, count } = life.state.material;
    expect(count).toBe(46);
    expect(said).toHaveLength(40);
    expect(said[0]).toMatchObject({ position: 7, by: 'user', text: 'text 2', cut: false });
    const fresh = begin();
    fresh.turn('a'.repeat(600));
    expect(fresh.state.material.said[0]).toEqual({
      position: 1,
      by: 'user',
      text: 'a'.repeat(500),
      cut: true,
    });
  });

  it('what was said while the model reflected belongs to the next one', () => {
    const life = begin();
    life.turn('one', 'two');
    life.turn('three', 'four');
    life.reflect(undefined, { to: 3 });
    expect(life.state.material.said.map(({ text }) => text)).toEqual(['four']);
    expect(life.state.material.count).toBe(1);
    life.reject();
    expect(life.state.material).toEqual({ said: [], count: 0 });
  });
});

describe('the style bandit', () => {
  it('tries each style once in order, rejected attempts included', () => {
    const life = begin();
    const chosen: string[] = [];
    for (let n = 0; n < 5; n++) {
      const style = chooseStyle(life.state.bandit);
      chosen.push(style);
      if (n === 2) life.add('reflection_rejected', { trigger: 'stuck', style, reason: 'overlap' });
      else life.reflect(undefined, { style });
    }
    expect(chosen).toEqual(['succinct', 'question_form', 'narrative', 'checklist', 'analytical']);
    expect(chooseStyle(life.state.bandit)).toBe('succinct');
  });

  it('then chooses the highest mean reward', () => {
    const life = begin();
    for (const style of ['succinct', 'question_form', 'narrative', 'checklist', 'analytical'] as const)
      life.reflect(undefined, { style });
    const reward = (style: 'succinct' | 'checklist' | 'narrative', value: number) =>
      life.add('bandit_reward', { reflection: 1, style, reward: value });
    reward('checklist', 0.5);
    reward('narrative', 0.9);
    reward('narrative', 0);
    expect(meanReward(life.state.bandit, 'narrative')).toBe(0.45);
    expect(meanReward(life.state.bandit, 'analytical')).toBe(0);
    expect(chooseStyle(life.state.bandit)).toBe('checklist');
  });

  it('a reward is due at the first tick at least 3 after its reflection, with what happened between', () => {
    const life = begin();
    life.tick(2);
    life.add('metrics_update', { ias: 0.2, gas: 0 });
    life.open('c0');
    const reflection = life.reflect();
    life.open('c1');
    life.open('c2');
    life.close('c1');
    life.tick(2);
    life.add('metrics_update', { ias: 0.5, gas: 0 });
    expect(life.state.bandit.due.size).toBe(0);
    life.tick();
    life.close('c2');
    const due = { style: 'succinct', iasChange: 0.3, opens: 2, closes: 1 };
    expect(life.state.bandit.due.get(reflection.position)).toEqual(due);
    life.tick(4);
    expect(life.state.bandit.due.get(reflection.position)).toEqual(due);
    life.add('bandit_reward', { reflection: reflection.position, style: 'succinct', reward: 0.4 });
    expect(life.state.bandit.due.size + life.state.bandit.waiting.size).toBe(0);
  });

  it('owes nothing for imported reflections, and keeps a bounded number of debts', () => {
    const life = begin();
    life.imported('reflection', { style: 'succinct' }, 'x');
    expect(life.state.bandit.waiting.size).toBe(0);
    for (let n = 0; n < 80; n++) life.reflect();
    expect(life.state.bandit.waiting.size).toBe(50);
    life.tick(3);
    for (let n = 0; n < 80; n++) life.reflect();
    life.tick(3);
    expect(life.state.bandit.due.size).toBe(50);
  });
});

describe('windows', () => {
  const reflectTimes = (life: ReturnType<typeof begin>, times: number) => {
    for (let n = 0; n < times; n++) life.reflect();
  };

  it('of 5 reflections are due at the next tick, with what happened in them', () => {
    const life = begin();
    life.open('c1');
    life.close('c1');
    life.open('c2');
    life.add('commitment_expire', { cid: 'c2', reason: 'ttl' });
    life.add('trait_update', { delta: { openness: 0.02, neuroticism: -0.02 }, reason: 'r' });
    life.add('trait_update', { delta: { openness: 0.01 }, reason: 'r' });
    reflectTimes(life, 4);
    life.tick();
    expect(life.state.windows.dueMeta).toBeNull();
    reflectTimes(life, 1);
    expect(life.state.windows.dueMeta).toBeNull();
    life.tick();
    expect(life.state.windows.dueMeta).toEqual({
      ...{ from: 1, to: 13, reflections: 5, opened: 2, closed: 1, expired: 1 },
      traitDelta: { openness: 0.03, neuroticism: -0.02 },
    });
  });

  it('follow each other without a gap, and wait for the one before', () => {
    const life = begin();
    reflectTimes(life, 5);
    life.tick();
    life.open('c1');
    reflectTimes(life, 5);
    life.tick();
    expect(life.state.windows.dueMeta).toMatchObject({ from: 1, to: 6 });
    life.add('meta_reflection', {
      ...{ window: { from: 1, to: 6 }, opened: 0, closed: 0, expired: 0, efficacy: 0, traitDelta: {} },
    });
    expect(life.state.windows.dueMeta).toBeNull();
    life.tick();
    expect(life.state.windows.dueMeta).toMatchObject({ from: 7, to: 15, opened: 1, reflections: 5 });
  });

  it('of 10 reflections tell what became of the commitments that reflections opened', () => {
    const life = begin();
    reflectTimes(life, 9);
    const reflection = life.reflect();
    for (const cid of ['a', 'b', 'c']) {
      const origin = reflection.position - life.position - 1;
      life.add('commitment_open', { cid, source: 'reflection', origin }, `do ${cid}`);
    }
    life.open('d');
    expect(life.state.windows.opened.get('c')).toEqual({ position: reflection.position, tick: 0, lag: null });
    life.close('a', 'dropped');
    life.close('b');
    life.close('d');
    life.tick();
    expect(life.state.windows.dueAssessment).toMatchObject({
      ...{ from: 1, reflections: 10, opened: 4, closed: 3, opensOfReflections: 3, lagTicks: [0] },
    });
    expect(life.state.windows.opened.size).toBe(0);
  });

  it('an assessment waits for its policy, with the values in force, until one comes or the stage changes', () => {
    const assess = (life: ReturnType<typeof begin>) =>
      life.add('self_assessment', {
        window: { from: 1, to: 2 },
        hitRate: 0.5,
        closeLagTicks: 1,
        efficacy: 0.6,
      });
    const life = begin();
    life.add('policy_update', { component: 'reflection', params: { min_turns: 5 }, reason: 'x' });
    const event = assess(life);
    const pending = { position: event.position, efficacy: 0.6, hitRate: 0.5, minTurns: 5, minSeconds: 20 };
    expect(life.state.windows.pending).toEqual(pending);
    life.add('policy_update', { component: 'reflection', params: { min_turns: 4 }, reason: 'x' });
    expect(life.state.windows.pending).toBeNull();
    assess(life);
    life.add('stage_update', { from: 'S0', to: 'S1', ias: 1, gas: 1 });
    expect(life.state.windows.pending).toBeNull();
  });

  it('do not count what an import brought', () => {
    const life = begin();
    for (let n = 0; n < 20; n++) life.imported('reflection', {}, 'x');
    life.imported('commitment_open', { cid: 'a', text: 'x', source: 'reflection' });
    life.tick();
    expect(life.state.windows.dueMeta).toBeNull();
    expect(life.state.windows.meta).toMatchObject({ opened: 0, reflections: 0 });
  });

  it('follow a bounded number of commitments', () => {
    const life = begin();
    for (let n = 0; n < 250; n++) life.open(`c${n}`, undefined, { source: 'reflection' });
    expect(life.state.windows.opened.size).toBe(200);
  });
});
