import { commitmentFold, type CommitmentState } from '#libs/mind';
import { idsOf, Life } from '#test/replay/life';
import { projectCloseRule } from './project-close.rule';

const begin = () => new Life<CommitmentState>(commitmentFold, [projectCloseRule]);

describe('a project', () => {
  it('is closed by the event right after its last commitment closed', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.open('c2', 'two', { project: 'p' });
    life.close('c1');
    expect(life.decide()).toEqual([]);
    life.close('c2');
    expect(life.decide()).toEqual([{ kind: 'project_close', content: '', meta: { project: 'p' } }]);
    life.append(life.decide());
    expect(life.tick()).toEqual([]);
  });

  it('whose close was lost is looked at again at a tick, with the same id', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.close('c1');
    const ids = idsOf('ada', 'commitment', 'project_close', life.decisions());
    life.tick();
    expect(idsOf('ada', 'commitment', 'project_close', life.decisions())).toEqual(ids);
  });

  it('may be opened and closed again', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.close('c1');
    const [first] = idsOf('ada', 'commitment', 'project_close', life.decisions());
    life.append(life.decide());
    life.open('c1', 'again', { project: 'p' });
    life.close('c1');
    const again = idsOf('ada', 'commitment', 'project_close', life.decisions());
    expect(again).toHaveLength(1);
    expect(again[0]).not.toBe(first);
  });

  it('of an import is not closed because of it, nor one whose name is too long to be written', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'x', project: 'p' });
    life.imported('commitment_open', { cid: 'b', text: 'x', project: 'q'.repeat(101) });
    life.imported('commitment_close', { cid: 'a' });
    life.close('b');
    expect(life.decide()).toEqual([]);
    expect(life.tick()).toEqual([]);
  });
});
