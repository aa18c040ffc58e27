import { projectionFold, type ProjectionState } from '#libs/mind';
import { idsOf, Life } from '#test/replay/life';
import { adoptionRule } from './adoption.rule';

const begin = () => new Life<ProjectionState>(projectionFold, [adoptionRule]);
const propose = (life: Life<ProjectionState>, name: string) => {
  life.reply(`t${life.position}`);
  return life.add('identity_propose', { name, source: 'assistant', confidence: 0.9, origin: -1 });
};

describe('a name that the model proposes', () => {
  it('is adopted at the next tick by a mind without a name', () => {
    const life = begin();
    const proposal = propose(life, 'Nova');
    expect(life.decide()).toEqual([]);
    const drafts = life.tick();
    expect(drafts).toEqual([
      {
        kind: 'identity_adopt',
        content: '',
        meta: { name: 'Nova', source: 'assistant', confidence: 0.9, proposal: proposal.position },
      },
    ]);
    life.append(drafts);
    expect(life.state.identity.name).toBe('Nova');
    expect(life.tick()).toEqual([]);
  });

  it('is adopted against a name after 3 turns, and names the one before', () => {
    const life = begin();
    life.adopt('Ada');
    for (let n = 0; n < 3; n++) propose(life, 'Nova');
    expect(life.tick()[0]?.meta).toMatchObject({ name: 'Nova', previous: 'Ada' });
  });

  it('is adopted once, however often it is decided', () => {
    const life = begin();
    propose(life, 'Nova');
    life.tick();
    const first = idsOf('ada', 'projection', 'adopt_proposal', life.decisions());
    life.tick();
    expect(idsOf('ada', 'projection', 'adopt_proposal', life.decisions())).toEqual(first);
  });
});
