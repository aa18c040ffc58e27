import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { activeDirectives, directivesSection, type DirectivesState } from './directives.fold';

const fold = composeFold<{ directives: DirectivesState }>(1, { directives: directivesSection });
const begin = () => {
  const life = new Life(fold);
  const direct = (text: string, source: 'user' | 'assistant' | 'reflection' = 'user', times = 1) => {
    for (let n = 0; n < times; n++) life.add('autonomy_directive', { source }, text);
  };
  return { life, direct, active: (limit?: number) => activeDirectives(life.state.directives, limit) };
};

describe('directives', () => {
  it('are grouped by text, white space collapsed, with where they were seen and by whom', () => {
    const { direct, active } = begin();
    direct('use  plain   words ', 'user');
    direct('be brief', 'user');
    direct('use plain words', 'reflection');
    direct('Use plain words', 'assistant');
    expect(active()[0]).toEqual({
      ...{ text: 'use plain words', seen: 2, recent: 2, score: 6, firstPosition: 1, lastPosition: 3 },
      sources: ['reflection', 'user'],
    });
    expect(active().map(({ text }) => text)).toEqual(['use plain words', 'be brief', 'Use plain words']);
  });

  it('score times seen, and twice the times among the last 200 events', () => {
    const { direct, active } = begin();
    direct('old', 'user', 5);
    direct('new', 'user', 199);
    expect(active(2)).toMatchObject([
      { text: 'new', seen: 199, recent: 199, score: 597 },
      { text: 'old', seen: 5, recent: 1, score: 7 },
    ]);
    direct('new');
    expect(active(2)[1]).toMatchObject({ text: 'old', recent: 0, score: 5 });
  });

  it('the highest 7 are active, ties to the first seen', () => {
    const { direct, active } = begin();
    for (let n = 0; n < 9; n++) direct(`directive ${n}`);
    direct('directive 8');
    expect(active().map(({ text }) => text)).toEqual([8, 0, 1, 2, 3, 4, 5].map((n) => `directive ${n}`));
    expect(active(0)).toEqual([]);
  });

  it('512 texts are kept; the lowest score leaves first, and of equal ones the one not seen for longest', () => {
    const { life, direct } = begin();
    direct('twice', 'user', 2);
    direct('once');
    for (let n = 0; n < 511; n++) direct(`directive ${n}`);
    const texts = () => [...life.state.directives.entries.values()].map(({ text }) => text);
    expect(texts()).toHaveLength(512);
    expect(texts()).toContain('twice');
    expect(texts()).not.toContain('once');
    expect(life.state.directives.numbers.size).toBe(512);
    direct('once');
    expect(life.state.directives.entries.get(life.state.directives.numbers.get('once') ?? 0)?.seen).toBe(1);
  });

  it('of an import keep any source in lower case, and may be empty', () => {
    const { life, active } = begin();
    life.imported('autonomy_directive', { source: ' Reply ' }, 'be concise');
    life.imported('autonomy_directive', { source: 7 }, ' be concise');
    life.imported('autonomy_directive', {}, '  ');
    expect(active()).toMatchObject([
      { text: 'be concise', seen: 2, sources: ['reply'] },
      { text: '', seen: 1, sources: [] },
    ]);
  });

  it('keep a bounded part of a text, and of the sources', () => {
    const { life, active } = begin();
    for (let n = 0; n < 30; n++) life.imported('autonomy_directive', { source: `s${n}` }, 'x'.repeat(5_000));
    expect(active()[0]?.text).toHaveLength(2_000);
    expect(active()[0]?.sources).toHaveLength(16);
  });
});
