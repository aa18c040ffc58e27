import { foldAll } from '#libs/kernel';
import { projectionFold, type ProjectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { knowledgePage } from './knowledge-page';
import { selfModel } from './self-model';

const begin = () => new Life<ProjectionState>(projectionFold);

describe('the self-model', () => {
  it('of a new mind is empty', () =>
    expect(selfModel(projectionFold.initialState())).toEqual({
      identity: {
        name: null,
        traits: {
          openness: 0.5,
          conscientiousness: 0.5,
          extraversion: 0.5,
          agreeableness: 0.5,
          neuroticism: 0.5,
        },
      },
      userName: null,
      stage: 'S0',
      metrics: { ias: 0, gas: 0 },
      directives: [],
      knowledge: [],
      policies: {},
      tick: 0,
    }));

  it('tells who the mind is', () => {
    const life = begin();
    life.adopt('Nova');
    life.add('user_identity_set', { name: 'Sam', confidence: 1 });
    life.add('autonomy_directive', { source: 'user' }, 'be brief');
    for (let n = 0; n < 25; n++) life.add('knowledge_assert', {}, `fact ${n}`);
    life.add('policy_update', { component: 'reflection', params: { min_turns: 3 }, reason: 'x' });
    life.tick(5);
    const self = selfModel(life.state);
    expect(self).toMatchObject({ userName: 'Sam', tick: 5, policies: { 'reflection.min_turns': 3 } });
    expect(self.metrics.ias).toBeCloseTo(0.03 - 0.025, 12);
    expect(self.directives).toMatchObject([{ text: 'be brief', score: 3 }]);
    expect(self.knowledge).toHaveLength(20);
    expect(self.knowledge[0]?.statement).toBe('fact 24');
  });

  it('keeps no reference to the state', () => {
    const life = begin();
    life.add('autonomy_directive', { source: 'user' }, 'be brief');
    life.add('knowledge_assert', {}, 'fact');
    const before = structuredClone(selfModel(life.state));
    const self = selfModel(life.state);
    life.add('autonomy_directive', { source: 'assistant' }, 'be brief');
    life.add('trait_update', { delta: { openness: 0.05 }, reason: 'x' });
    foldAll(projectionFold, [], life.state);
    expect(self).toEqual(before);
  });
});

describe('a page of knowledge', () => {
  const taught = (count: number) => {
    const life = begin();
    for (let n = 1; n <= count; n++) life.add('knowledge_assert', {}, `fact ${n}`);
    return life.state;
  };
  const positions = (page: ReturnType<typeof knowledgePage>) =>
    page.knowledge.map(({ position }) => position);

  it('is newest first, and leads to the next one', () => {
    const state = taught(5);
    const first = knowledgePage(state, { limit: 2 });
    expect([positions(first), first.next, first.complete]).toEqual([[5, 4], 4, true]);
    const last = knowledgePage(state, { limit: 3, before: 4 });
    expect([positions(last), last.next, last.complete]).toEqual([[3, 2, 1], undefined, true]);
  });

  it('`limit: 0` is empty', () => expect(knowledgePage(taught(3), { limit: 0 }).knowledge).toEqual([]));

  it('says when the log knows more than is kept', () => {
    const state = taught(105);
    expect(knowledgePage(state, { limit: 100 })).toMatchObject({ complete: true, next: 6 });
    expect(knowledgePage(state, { limit: 50, before: 20 })).toMatchObject({ complete: false });
    expect(knowledgePage(state, { limit: 50, before: 6 })).toMatchObject({ complete: false, knowledge: [] });
  });
});
