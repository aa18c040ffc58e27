import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { knowledgeSection, type KnowledgeState } from './knowledge.fold';

const fold = composeFold<{ knowledge: KnowledgeState }>(1, { knowledge: knowledgeSection });

describe('knowledge', () => {
  it('is the last 100 statements, and how many there were', () => {
    const life = new Life(fold);
    for (let n = 1; n <= 120; n++) life.add('knowledge_assert', {}, `fact ${n}`);
    const { statements, count } = life.state.knowledge;
    expect(count).toBe(120);
    expect(statements).toHaveLength(100);
    expect(statements[0]).toEqual({ position: 21, statement: 'fact 21' });
  });

  it('keeps a bounded part of a statement', () => {
    const life = new Life(fold);
    life.add('knowledge_assert', {}, 'x'.repeat(9_000));
    expect(life.state.knowledge.statements[0]?.statement).toHaveLength(4_000);
  });
});
