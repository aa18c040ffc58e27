import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { traitsSection, type TraitsState } from './traits.fold';

const fold = composeFold<{ traits: TraitsState }>(1, { traits: traitsSection });

describe('traits', () => {
  it('are five, and start at 0.5', () =>
    expect(new Life(fold).state.traits).toEqual({
      ...{ openness: 0.5, conscientiousness: 0.5, extraversion: 0.5, agreeableness: 0.5, neuroticism: 0.5 },
    }));

  it('move by their deltas and stay within 0 and 1', () => {
    const life = new Life(fold);
    const move = (delta: Record<string, number>, times: number) => {
      for (let n = 0; n < times; n++) life.add('trait_update', { delta, reason: 'r' });
    };
    move({ openness: 0.05, neuroticism: -0.05 }, 1);
    expect(life.state.traits).toMatchObject({ openness: 0.55, neuroticism: 0.45, extraversion: 0.5 });
    move({ openness: 0.05, neuroticism: -0.05 }, 20);
    expect(life.state.traits).toMatchObject({ openness: 1, neuroticism: 0 });
  });

  it.each([
    [{ delta: { o: 0.2 } }, 'openness', 0.7],
    [{ delta: { C: -0.2 } }, 'conscientiousness', 0.3],
    [{ delta: { Extraversion: 0.1 } }, 'extraversion', 0.6],
    [{ trait: ' A ', delta: 0.1 }, 'agreeableness', 0.6],
    [{ trait: 'NEUROTICISM', delta: 0.3 }, 'neuroticism', 0.8],
    [{ trait: 'o', delta: { o: 0.2 } }, 'openness', 0.5],
    [{ trait: 'o', delta: '0.2' }, 'openness', 0.5],
    [{ delta: { openness: null, wisdom: 0.2, __proto__: 1 } }, 'openness', 0.5],
    [{ changes: { openness: 0.2 } }, 'openness', 0.5],
    [{ delta: [0.2] }, 'openness', 0.5],
  ])('of an import: %j makes %s %d', (meta, trait, value) => {
    const life = new Life(fold);
    life.imported('trait_update', meta as never);
    expect(life.state.traits[trait as keyof TraitsState]).toBeCloseTo(value, 12);
  });
});
