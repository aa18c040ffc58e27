import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { reflectionsPage } from './reflections-page';

const reflected = (times: number) => {
  const life = new Life<ReflectionState>(reflectionFold);
  for (let n = 1; n <= times; n++) life.reflect(`reflection ${n}\nhere`);
  return life;
};
const positions = (page: ReturnType<typeof reflectionsPage>) =>
  page.reflections.map(({ position }) => position);

describe('a page of reflections', () => {
  it('is newest first, and leads to the next one', () => {
    const { state } = reflected(5);
    const first = reflectionsPage(state, { limit: 2 });
    expect([positions(first), first.next, first.complete]).toEqual([[5, 4], 4, true]);
    const last = reflectionsPage(state, { limit: 5, before: 4 });
    expect([positions(last), last.next, last.complete]).toEqual([[3, 2, 1], undefined, true]);
    expect(reflectionsPage(state, { limit: 0 }).reflections).toEqual([]);
  });

  it('shows each with its text and, once it has one, its reward', () => {
    const life = reflected(1);
    const [fresh] = reflectionsPage(life.state, { limit: 1 }).reflections;
    expect(fresh).toEqual({
      ...{ position: 1, at: life.events[0]?.at, trigger: 'cadence', style: 'succinct', from: 1, to: 1 },
      ...{ overlap: 0, provider: 'echo', model: 'echo', text: 'reflection 1\nhere' },
    });
    life.add('bandit_reward', { reflection: 1, style: 'succinct', reward: 0.5 });
    expect(reflectionsPage(life.state, { limit: 1 }).reflections[0]?.reward).toBe(0.5);
  });

  it('says when the log has to be read: for texts beyond 10, and for more than 50', () => {
    const { state } = reflected(60);
    expect(reflectionsPage(state, { limit: 10 }).complete).toBe(true);
    expect(reflectionsPage(state, { limit: 11 }).complete).toBe(false);
    expect(reflectionsPage(state, { limit: 10, before: 5 })).toMatchObject({
      complete: false,
      reflections: [],
    });
  });
});
