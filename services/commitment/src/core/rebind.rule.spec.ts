import { commitmentFold, type CommitmentState } from '#libs/mind';
import { idsOf, Life } from '#test/replay/life';
import { rebindRule } from './rebind.rule';

const begin = () => new Life<CommitmentState>(commitmentFold, [rebindRule]);

describe('rebinding', () => {
  it('gives each open commitment that holds the old name a new text, in order of opening', () => {
    const life = begin();
    life.adopt('Nova');
    life.open('c1', 'write as Nova to Nova');
    life.open('c2', 'ask Novalis and nova');
    life.open('c3', 'NOVA');
    life.open('c4', '(Nova)');
    life.open('c5', 'Nova, closed');
    life.close('c5');
    const adoption = life.adopt('Echo');
    const meta = { adoption: adoption.position, oldName: 'Nova', newName: 'Echo' };
    expect(life.decide().map(({ content, meta: of }) => [content, of])).toEqual([
      ['write as Echo to Echo', { cid: 'c1', ...meta }],
      ['(Echo)', { cid: 'c4', ...meta }],
    ]);
  });

  it('of 40 commitments changes the 15 that hold the name', () => {
    const life = begin();
    life.adopt('Nova');
    for (let n = 0; n < 40; n++) life.open(`c${n}`, n < 15 ? `task ${n} of Nova` : `task ${n}`);
    life.adopt('Echo');
    expect(life.decide()).toHaveLength(15);
  });

  it.each([['NOVA'], ['Nova']])('does nothing for %s, which differs in case at most', (name) => {
    const life = begin();
    life.adopt('Nova');
    life.open('c1', 'write as Nova');
    life.adopt(name);
    expect(life.decide()).toEqual([]);
  });

  it('appends at most 200 at once', () => {
    const life = begin();
    life.adopt('Nova');
    for (let n = 0; n < 450; n++) life.open(`c${n}`, `task ${n} of Nova`);
    life.adopt('Echo');
    const decisions = life.decisions();
    expect(decisions.map(({ drafts }) => drafts.length)).toEqual([200, 200, 50]);
    expect(new Set(idsOf('ada', 'commitment', 'rebind', decisions)).size).toBe(450);
    expect(new Set(decisions.map(({ cause }) => cause)).size).toBe(3);
  });

  it('that was lost is looked at again at a tick, with the same ids', () => {
    const life = begin();
    life.adopt('Nova');
    life.open('c1', 'Nova one');
    life.open('c2', 'Nova two');
    life.adopt('Echo');
    const ids = idsOf('ada', 'commitment', 'rebind', life.decisions());
    const [first] = life.decide();
    life.tick();
    expect(idsOf('ada', 'commitment', 'rebind', life.decisions())).toEqual(ids);
    life.append(first ? [first] : []);
    life.tick();
    expect(idsOf('ada', 'commitment', 'rebind', life.decisions())).toEqual(ids.slice(1));
    life.append(life.decide());
    expect(life.tick()).toEqual([]);
  });

  it('is done again when an older one, which came late, has taken the newest name away', () => {
    const life = begin();
    life.adopt('Nova');
    life.open('c1', 'Nova must do it');
    for (const name of ['Vega', 'Nova', 'Lyra']) life.adopt(name);
    const [late, newest] = life.decide();
    life.append(newest ? [newest] : []);
    life.append(late ? [late] : []);
    expect(life.state.commitments.open.get('c1')?.text).toBe('Vega must do it');
    life.tick();
    const [again] = life.decide();
    expect(again?.content).toBe('Lyra must do it');
    expect(again?.id).not.toBe(newest?.id);
    life.append(again ? [again] : []);
    expect(life.tick()).toEqual([]);
  });

  it('is not caused by an imported adoption', () => {
    const life = begin();
    life.imported('identity_adopt', { name: 'Nova' });
    life.imported('commitment_open', { cid: 'a', text: 'as Nova' });
    life.imported('identity_adopt', { name: 'Echo' });
    expect(life.tick()).toEqual([]);
  });
});
