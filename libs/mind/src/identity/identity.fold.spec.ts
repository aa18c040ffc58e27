import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { ticksSection, type TicksState } from '../ticks/ticks.fold';
import { acceptedProposal, adoptableProposal, adoptionDrafts } from './adoption';
import { identitySection, type IdentityState } from './identity.fold';
import { userNameSection, type UserNameState } from './user-name.fold';

const fold = composeFold<{ ticks: TicksState; identity: IdentityState; userName: UserNameState }>(1, {
  ticks: ticksSection,
  identity: identitySection,
  userName: userNameSection,
});
const begin = () => new Life(fold);
const propose = (
  life: Life<{ ticks: TicksState; identity: IdentityState; userName: UserNameState }>,
  name: string,
) => {
  const turnId = `t${life.position}`;
  life.reply(turnId);
  life.add('identity_propose', { name, source: 'assistant', confidence: 0.9, origin: -1 });
};
const adoptable = ({ state }: ReturnType<typeof begin>) =>
  adoptableProposal(state.identity, state.ticks.tick)?.name;

describe('the name of a mind', () => {
  it('is null at the start', () => expect(begin().state.identity.name).toBeNull());

  it('is the last one adopted, whatever its confidence', () => {
    const life = begin();
    life.adopt('Nova');
    life.adopt('Ada', 0.1);
    expect(life.state.identity.name).toBe('Ada');
    expect(life.state.identity.adoption).toMatchObject({ position: 2, name: 'Ada', oldName: 'Nova' });
  });

  it('is emptied by a clearing', () => {
    const life = begin();
    life.adopt('Nova');
    life.add('identity_clear', { reason: 'asked' });
    expect(life.state.identity.name).toBeNull();
  });

  it('is still known after 100,000 events', () => {
    const life = begin();
    life.adopt('Nova');
    life.tick();
    const [tick] = life.events.slice(-1);
    let state = life.state;
    for (let position = 3; tick && position <= 100_000; position++)
      state = fold.evolve(state, { ...tick, position });
    expect(state.ticks.tick).toBe(99_999);
    expect(state.identity.name).toBe('Nova');
  });

  it.each([
    [{ name: ' Nova ' }, 'x', 'Nova'],
    [{ name: '' }, ' Echo ', 'Echo'],
    [{ name: 5 }, 'Echo', 'Echo'],
    [{ sanitized: 'San' }, 'Echo', 'Echo'],
    [{}, '', 'Before'],
    [{ name: '  ' }, 'Echo', null],
  ])('of an import: adopted by %j and %j it is %j', (meta, content, name) => {
    const life = begin();
    life.imported('identity_adopt', { name: 'Before' });
    life.imported('identity_adopt', meta, content);
    expect(life.state.identity.name).toBe(name);
  });

  it.each([
    [{}, 'Name changed to: Ren-7', 'Ren-7'],
    [{}, 'renamed to:  Ada ', 'Before'],
    [{}, 'oh, NAME  changed  to:  Ada ', 'Ada'],
    [{ name: 'Echo' }, 'Name changed to: Ren-7', 'Echo'],
    [{ name: 7 }, 'nothing', 'Before'],
    [{ name: ' Echo ' }, '', 'Echo'],
    [{ name: '  ' }, '', 'Before'],
    [{}, 'Name changed to:   ', 'Before'],
  ])('of an import: changed by %j and %j it is %j, and that is no adoption', (meta, content, name) => {
    const life = begin();
    life.imported('identity_adopt', { name: 'Before' });
    life.imported('identity_change', meta, content);
    expect(life.state.identity.name).toBe(name);
    expect(life.state.identity.adoption?.name).toBe('Before');
  });
});

describe('a proposal of the model', () => {
  it('is adopted at the next tick when there is no name: the latest', () => {
    const life = begin();
    propose(life, 'Nova');
    propose(life, 'Echo');
    life.tick();
    expect(adoptable(life)).toBe('Echo');
  });

  it('is adopted against a name when it came in 3 different turns within the last 6 ticks', () => {
    const life = begin();
    life.adopt('Ada');
    propose(life, 'Nova');
    propose(life, 'Nova');
    life.tick();
    expect(adoptable(life)).toBeUndefined();
    propose(life, 'Nova');
    life.tick();
    expect(adoptable(life)).toBe('Nova');
    life.tick(4);
    expect(adoptable(life)).toBe('Nova');
    life.tick();
    expect(adoptable(life)).toBeUndefined();
  });

  it('counts once for a turn', () => {
    const life = begin();
    life.adopt('Ada');
    const reply = life.reply('t');
    for (let n = 0; n < 3; n++)
      life.add('identity_propose', {
        name: 'Nova',
        source: 'assistant',
        confidence: 0.9,
        origin: reply.position,
      });
    life.tick();
    expect(adoptable(life)).toBeUndefined();
  });

  it('of the present name, of a user, or from an import is none', () => {
    const life = begin();
    life.imported('identity_propose', { name: 'Echo', source: 'assistant' });
    for (let n = 0; n < 3; n++) life.add('identity_propose', { name: 'Echo', source: 'user', confidence: 1 });
    life.tick();
    expect(adoptable(life)).toBeUndefined();
    life.adopt('Ada');
    for (let n = 0; n < 3; n++) propose(life, 'Ada');
    life.tick();
    expect(adoptable(life)).toBeUndefined();
  });

  it('is forgotten once a name was adopted or cleared', () => {
    const life = begin();
    propose(life, 'Nova');
    life.adopt('Ada');
    life.add('identity_clear', { reason: 'asked' });
    life.tick();
    expect(adoptable(life)).toBeUndefined();
  });

  it('is kept in a bounded number', () => {
    const life = begin();
    for (let n = 0; n < 200; n++) propose(life, 'Nova');
    expect(life.state.identity.proposals).toHaveLength(64);
    life.tick(10);
    propose(life, 'Nova');
    expect(life.state.identity.proposals).toHaveLength(1);
  });
});

describe('an adoption', () => {
  it('of a user or the API is two events for one append', () =>
    expect(adoptionDrafts('Nova', 'api', 1)).toEqual([
      { kind: 'identity_propose', content: '', meta: { name: 'Nova', source: 'api', confidence: 1 } },
      {
        kind: 'identity_adopt',
        content: '',
        meta: { name: 'Nova', source: 'api', confidence: 1, proposal: -1 },
      },
    ]));

  it('of a proposal names it, and the name before', () => {
    const proposal = { name: 'Nova', position: 7, turn: 6, tick: 1 };
    expect(acceptedProposal(proposal, 'Ada').meta).toEqual({
      ...{ name: 'Nova', source: 'assistant', confidence: 0.9, previous: 'Ada', proposal: 7 },
    });
    expect(acceptedProposal(proposal, null).meta).not.toHaveProperty('previous');
  });
});

describe('the name of the user', () => {
  it('is the last one said or given with a message', () => {
    const life = begin();
    expect(life.state.userName.name).toBeNull();
    life.add('user_message', { turnId: 'a', userName: 'Sam' }, 'hello');
    expect(life.state.userName.name).toBe('Sam');
    life.add('user_identity_set', { name: 'Bob', confidence: 1 });
    life.add('user_message', { turnId: 'b' }, 'hello');
    expect(life.state.userName.name).toBe('Bob');
  });
});
