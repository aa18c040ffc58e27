import type { JsonObject, Kind, MindEvent } from '#libs/contracts';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { reflectionWhy } from './explainers';
import { attemptEventId } from './result';
import { reflectionRules } from './rules';

const { explainers } = reflectionWhy;
const begin = () => new Life<ReflectionState>(reflectionFold, reflectionRules);

function numbersOf(life: Life<ReflectionState>, kind: Kind): JsonObject | null | undefined {
  const cause = life.events.at(-1) as MindEvent;
  const decided = life.decide().find((draft) => draft.kind === kind);
  if (!decided) throw new Error(`no ${kind} is decided`);
  return explainers[kind]?.(life.state, decided as unknown as MindEvent, cause);
}

describe('an attempt', () => {
  const attempt = (life: Life<ReflectionState>, meta: JsonObject) => {
    const id = attemptEventId(life.mind, life.state.attempts.position, 0);
    const event = { kind: 'reflection', mind: life.mind, id, meta } as unknown as MindEvent;
    return explainers.reflection?.(life.state, event, life.events.at(-1) as MindEvent);
  };

  it('tells what opened the gate, and why the bandit took the style', () => {
    const life = begin();
    const before = life.reject();
    life.tick();
    life.turn();
    const { position } = life.adopt('Nova');
    life.tick();
    expect(attempt(life, { trigger: 'identity', style: 'question_form' })).toMatchObject({
      gate: {
        ...{
          trigger: 'identity',
          stage: 'S0',
          tick: 2,
          turnsSince: 1,
          ticksSince: 2,
          minTurns: 2,
          minSeconds: 20,
        },
        ...{ previousAttempt: before.position, sameId: true, adoptedAt: position, requestedAt: 0 },
      },
      style: { chosen: 'question_form', because: 'not tried yet' },
      said: [3, 4],
    });
  });

  it('tells the means when every style was tried', () => {
    const life = begin();
    const styles = ['succinct', 'question_form', 'narrative', 'checklist', 'analytical'] as const;
    for (const style of styles) {
      const { position } = life.reflect(`One line of ${style}.\nAnd another.`, { style });
      life.add('bandit_reward', { reflection: position, style, reward: style === 'checklist' ? 0.5 : 0.25 });
    }
    life.adopt('Nova');
    life.tick();
    const numbers = attempt(life, { trigger: 'identity', style: 'checklist' }) as {
      style: { styles: object[] };
    };
    expect(numbers.style).toMatchObject({ chosen: 'checklist', because: 'highest mean reward' });
    expect(numbers.style.styles[3]).toEqual({ style: 'checklist', tried: 1, rewards: 1, meanReward: 0.5 });
  });

  it('did not begin here: another trigger, another style, a closed gate, no tick', () => {
    const life = begin();
    life.adopt('Nova');
    expect(attempt(life, { trigger: 'identity', style: 'succinct' })).toBeNull();
    life.tick();
    expect(attempt(life, { trigger: 'identity', style: 'succinct' })).not.toBeNull();
    expect(attempt(life, { trigger: 'manual', style: 'succinct' })).toBeNull();
    expect(attempt(life, { trigger: 'identity', style: 'narrative' })).toBeNull();
    life.reflect();
    life.tick();
    expect(attempt(life, { trigger: 'identity', style: 'question_form' })).toBeNull();
  });
});

it('bandit_reward: what came between the reflection and its third tick', () => {
  const life = begin();
  const { position } = life.reflect();
  life.open('c1');
  life.open('c2');
  life.close('c1');
  life.tick(3);
  expect(numbersOf(life, 'bandit_reward')).toMatchObject({
    style: 'succinct',
    opens: 2,
    closes: 1,
    iasChange: 0,
  });
  const other = { kind: 'bandit_reward', meta: { reflection: position + 1 } } as unknown as MindEvent;
  expect(explainers.bandit_reward?.(life.state, other, other)).toBeNull();
});

const reflectTimes = (life: Life<ReflectionState>, times: number) => {
  for (let n = 0; n < times; n++) life.reflect(`Line one of look ${n}.\nLine two of it.`);
};

it('meta_reflection: the counts of its window', () => {
  const life = begin();
  life.open('c1');
  life.open('c2');
  life.close('c2');
  reflectTimes(life, 5);
  life.tick();
  expect(numbersOf(life, 'meta_reflection')).toMatchObject({ opened: 2, closed: 1, expired: 0 });
});

it('self_assessment and policy_update: what reflections opened, and the gate that is to change', () => {
  const life = begin();
  reflectTimes(life, 1);
  life.open('c1', 'a deed', { source: 'reflection', origin: -1 });
  life.close('c1');
  reflectTimes(life, 9);
  life.tick();
  expect(numbersOf(life, 'self_assessment')).toMatchObject({ opensOfReflections: 1, lagTicks: [0] });
  const assessment = life.decide().filter(({ kind }) => kind === 'self_assessment');
  life.append(assessment);
  const { position } = life.events.at(-1) as MindEvent;
  expect(numbersOf(life, 'policy_update')).toEqual({
    ...{ position, efficacy: 1, hitRate: 1, minTurns: 2, minSeconds: 20 },
  });
});

it('a policy of a reflection’s own line is not looked for on a state', () => {
  const policy = (reason: string) => ({ kind: 'policy_update', meta: { reason } }) as unknown as MindEvent;
  expect(reflectionWhy.onState?.(policy('reflection'))).toBe(false);
  expect(reflectionWhy.onState?.(policy('self-assessment #7'))).toBe(true);
});
