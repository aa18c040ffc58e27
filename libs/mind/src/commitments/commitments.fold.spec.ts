import { Life } from '#test/replay/life';
import { commitmentFold } from '../services';

const begin = () => new Life(commitmentFold);
const of = ({ state: { commitments } }: ReturnType<typeof begin>) => commitments;
const open = (life: ReturnType<typeof begin>) => [...of(life).open.keys()];

describe('opening', () => {
  it('stores what was given, and where and when', () => {
    const life = begin();
    life.tick(3);
    life.add('user_message', { turnId: 'a' }, 'promise it');
    const dueAt = '2026-02-01T00:00:00.000Z';
    const event = life.open('c1', 'finish it', {
      origin: -1,
      project: 'p',
      priority: 'high',
      dueAt,
      ttlTicks: 9,
    });
    expect(of(life).open.get('c1')).toEqual({
      ...{ text: 'finish it', source: 'api', openedAt: event.at, openPosition: 5, openTick: 3, origin: 4 },
      ...{ project: 'p', priority: 'high', dueAt, ttlTicks: 9 },
    });
  });

  it('of a cid that is open overwrites it and makes it the newest', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.open('c2');
    life.add('commitment_snooze', { cid: 'c1', untilTick: 9 });
    life.open('c1', 'three');
    expect(open(life)).toEqual(['c2', 'c1']);
    expect(of(life).open.get('c1')).toMatchObject({ text: 'three', openPosition: 4 });
    expect(of(life).open.get('c1')).not.toHaveProperty('snoozedUntil');
    expect(of(life).projects.size).toBe(0);
  });

  it('a closed commitment may be opened again; the record of its close stays', () => {
    const life = begin();
    life.open('c1');
    life.close('c1');
    life.open('c1', 'again');
    expect(of(life).open.get('c1')?.text).toBe('again');
    expect(life.state.ended.closed.has('c1')).toBe(true);
  });

  it('of an import needs the text as a field, which may be empty', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'one' }, 'Commitment opened: one');
    life.imported('commitment_open', { cid: 'b', text: '' });
    life.imported('commitment_open', { cid: 'c' }, 'no field');
    life.imported('commitment_open', { cid: 'd', text: 5 });
    life.imported('commitment_open', { cid: '', text: 'x' });
    life.imported('commitment_open', { cid: 7, text: 'x' });
    expect(open(life)).toEqual(['a', 'b']);
    expect(of(life).open.get('a')).toMatchObject({ text: 'one', imported: true });
  });

  it('of an import takes any cid, and leaves out fields of a wrong type', () => {
    const life = begin();
    for (const cid of ['__proto__', 'constructor', 'hasOwnProperty'])
      life.imported('commitment_open', {
        ...{
          cid,
          text: 'x',
          project: 5,
          priority: 'urgent',
          dueAt: '2026-02-30T00:00:00.000Z',
          ttlTicks: -1,
        },
        origin: 'x',
      });
    expect(open(life)).toEqual(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(of(life).open.get('__proto__')).toEqual({
      ...{
        text: 'x',
        source: '',
        openedAt: life.events[0]?.at,
        openPosition: 1,
        openTick: 0,
        imported: true,
      },
    });
    life.imported('commitment_close', { cid: '__proto__' });
    expect(of(life).open.has('__proto__')).toBe(false);
  });

  it('is kept in a bounded number', () => {
    const life = begin();
    for (let n = 0; n < 2_100; n++) life.imported('commitment_open', { cid: `i${n}`, text: 'x' });
    expect(of(life).open.size).toBe(2_100);
    life.open('own');
    expect(of(life).open.has('own')).toBe(false);
  });
});

describe('closing', () => {
  it('moves it to the closed ones, with evidence and outcome', () => {
    const life = begin();
    life.open('c1');
    life.turn();
    life.add('commitment_close', { cid: 'c1', evidence: [2, -1], outcome: 'dropped' }, 'no time');
    expect(open(life)).toEqual([]);
    expect(life.state.ended.closed.get('c1')).toMatchObject({
      ...{
        text: 'do c1',
        openPosition: 1,
        endPosition: 4,
        evidence: [2, 3],
        outcome: 'dropped',
        note: 'no time',
      },
    });
  });

  it('of one that is not open changes nothing', () => {
    const life = begin();
    life.close('c1');
    expect(life.state.ended.closed.size).toBe(0);
  });

  it('of an import has neither evidence nor outcome', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'one' });
    life.imported('commitment_close', { cid: 'a', evidence: 'done', outcome: 'great' });
    expect(life.state.ended.closed.get('a')).toMatchObject({ evidence: [], endPosition: 2 });
    expect(life.state.ended.closed.get('a')).not.toHaveProperty('outcome');
  });

  it('keeps the last 200', () => {
    const life = begin();
    for (let n = 0; n < 210; n++) {
      life.open(`c${n}`);
      life.close(`c${n}`);
    }
    expect([...life.state.ended.closed.keys()][0]).toBe('c10');
    expect(life.state.ended.closed.size).toBe(200);
    expect(life.state.ended.closedDropped).toBe(10);
  });
});

describe('expiry', () => {
  it('moves it to the expired ones, with position and reason', () => {
    const life = begin();
    life.open('c1');
    life.add('commitment_expire', { cid: 'c1', reason: 'overdue' });
    expect(life.state.ended.expired.get('c1')).toMatchObject({
      text: 'do c1',
      endPosition: 2,
      reason: 'overdue',
    });
  });

  it('of an import has the reason `timeout` where none is given; its record stays when it is opened again', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'one' });
    life.imported('commitment_expire', { cid: 'a', reason: '' });
    life.imported('commitment_open', { cid: 'a', text: 'two' });
    expect(life.state.ended.expired.get('a')).toMatchObject({
      text: 'one',
      reason: 'timeout',
      endPosition: 2,
    });
    expect(open(life)).toEqual(['a']);
  });

  it('keeps the last 500', () => {
    const life = begin();
    for (let n = 0; n < 505; n++) {
      life.open(`c${n}`);
      life.add('commitment_expire', { cid: `c${n}`, reason: 'ttl' });
    }
    expect(life.state.ended.expired.size).toBe(500);
    expect(life.state.ended.expiredDropped).toBe(5);
  });
});

describe('what changes an open commitment', () => {
  it('a snooze sets until when, of an open one only', () => {
    const life = begin();
    life.open('c1');
    life.add('commitment_snooze', { cid: 'c1', untilTick: 12 });
    life.add('commitment_snooze', { cid: 'c2', untilTick: 12 });
    expect(of(life).open.get('c1')?.snoozedUntil).toBe(12);
    expect(open(life)).toEqual(['c1']);
  });

  it.each([
    [7, 7],
    ['7', 7],
    [' 12 ', 12],
    ['-4', -4],
    [null, 0],
    ['soon', 0],
    [7.5, 0],
    ['7.5', 0],
    ['', 0],
    [true, 0],
    [[3], 0],
    ['99999999999999999999', 0],
  ])('a snooze of an import until %j is until %d', (untilTick, until) => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'one' });
    life.imported('commitment_snooze', { cid: 'a', untilTick });
    expect(of(life).open.get('a')?.snoozedUntil).toBe(until);
  });

  it('an update changes the text and when it was updated', () => {
    const life = begin();
    life.open('c1');
    life.tick(4);
    life.add('commitment_update', { cid: 'c1', reason: 'clearer' }, 'do it well');
    expect(of(life).open.get('c1')).toMatchObject({ text: 'do it well', updatedTick: 4 });
  });

  it('evidence is remembered and closes nothing', () => {
    const life = begin();
    life.open('c1');
    life.add('commitment_evidence', { cid: 'c1', evidence: [-1] }, 'I did it');
    life.add('commitment_evidence', { cid: 'c1', evidence: [2] });
    expect(of(life).open.get('c1')?.evidence).toEqual([1, 2]);
  });

  it('a due that was told is remembered', () => {
    const life = begin();
    const dueAt = '2026-01-01T00:00:00.000Z';
    life.open('c1', 'x y z', { dueAt });
    life.add('commitment_due', { cid: 'c1', dueAt });
    expect(of(life).open.get('c1')?.dueTold).toBe(dueAt);
  });
});

describe('projects', () => {
  it('count their open commitments, by label at the open or assigned later', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.open('c2');
    life.add('project_assign', { cid: 'c2', project: 'p' });
    life.open('c3', 'three', { project: 'q' });
    expect([...of(life).projects]).toEqual([
      ['p', 2],
      ['q', 1],
    ]);
    life.add('project_assign', { cid: 'c3', project: 'p' });
    expect([...of(life).projects]).toEqual([['p', 3]]);
    expect(of(life).emptied.size).toBe(0);
    expect(of(life).open.get('c3')?.project).toBe('p');
  });

  it('are to be closed when the last commitment has ended, until they are', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.open('c2', 'two', { project: 'p' });
    life.close('c1');
    expect(of(life).emptied.size).toBe(0);
    life.add('commitment_expire', { cid: 'c2', reason: 'ttl' });
    expect([...of(life).emptied]).toEqual([['p', 4]]);
    expect(of(life).projects.size).toBe(0);
    life.add('project_close', { project: 'p' });
    expect(of(life).emptied.size).toBe(0);
  });

  it('are not to be closed when a commitment joins them meanwhile', () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.close('c1');
    life.open('c2', 'two', { project: 'p' });
    expect(of(life).emptied.size).toBe(0);
  });

  it('of an import are not to be closed because of it', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'one', project: 'p' });
    life.imported('commitment_close', { cid: 'a' });
    expect(of(life).emptied.size).toBe(0);
    expect(of(life).projects.size).toBe(0);
  });
});

describe('after an adoption', () => {
  const pending = (life: ReturnType<typeof begin>) =>
    [...of(life).rebinds].map(([adoption, { newName, cids }]) => [adoption, newName, [...cids.keys()]]);
  const withNova = () => {
    const life = begin();
    life.adopt('Nova');
    life.open('c1', 'write as Nova');
    life.open('c2', 'ask Novalis, Nova-2 and nova');
    life.open('c3', 'Nova, go');
    return life;
  };
  const rebind = (
    life: ReturnType<typeof begin>,
    cid: string,
    adoption: number,
    [oldName, newName]: string[],
  ) =>
    life.add(
      'commitment_rebind',
      { cid, adoption, oldName: oldName ?? '', newName: newName ?? '' },
      (of(life).open.get(cid)?.text ?? '').replace(oldName ?? '', newName ?? ''),
    );

  it('those that hold the old name as a whole word are to be rebound', () => {
    const life = withNova();
    life.adopt('Echo');
    expect(pending(life)).toEqual([[5, 'Echo', ['c1', 'c3']]]);
  });

  it.each([['NOVA'], ['Nova']])('nothing is when the new name is %s: it differs in case at most', (name) => {
    const life = withNova();
    life.adopt(name);
    expect(pending(life)).toEqual([]);
  });

  it('nothing is without an old name, or for an imported adoption', () => {
    const life = begin();
    life.open('c1', 'write as Nova');
    life.adopt('Nova');
    life.add('identity_clear', { reason: 'asked' });
    life.adopt('Echo');
    expect(pending(life)).toEqual([]);
    const old = begin();
    old.imported('identity_adopt', { name: 'Nova' });
    old.imported('commitment_open', { cid: 'a', text: 'write as Nova' });
    old.imported('identity_adopt', { name: 'Echo' });
    expect(pending(old)).toEqual([]);
    old.open('b', 'write as Echo');
    old.adopt('Ada');
    expect(pending(old)).toEqual([[5, 'Ada', ['b']]]);
  });

  it('the duty ends with the rebind, the end of the commitment, or a text without the name', () => {
    const life = withNova();
    life.open('c4', 'Nova too');
    life.adopt('Echo');
    rebind(life, 'c1', 6, ['Nova', 'Echo']);
    expect(of(life).open.get('c1')?.text).toBe('write as Echo');
    life.close('c3');
    expect(pending(life)).toEqual([[6, 'Echo', ['c4']]]);
    life.add('commitment_update', { cid: 'c4', reason: 'clearer' }, 'still Nova');
    expect(pending(life)).toEqual([[6, 'Echo', ['c4']]]);
    life.add('commitment_update', { cid: 'c4', reason: 'clearer' }, 'nobody');
    expect(pending(life)).toEqual([]);
  });

  it('a rebind that comes after yet another adoption leads on to the newest name', () => {
    const life = withNova();
    life.adopt('Echo');
    life.adopt('Ada');
    expect(pending(life)).toEqual([[5, 'Echo', ['c1', 'c3']]]);
    rebind(life, 'c1', 5, ['Nova', 'Echo']);
    expect(pending(life)).toEqual([
      [5, 'Echo', ['c3']],
      [6, 'Ada', ['c1']],
    ]);
    rebind(life, 'c1', 6, ['Echo', 'Ada']);
    expect(of(life).open.get('c1')?.text).toBe('write as Ada');
    expect(pending(life)).toEqual([[5, 'Echo', ['c3']]]);
  });

  it('duties of 16 adoptions are kept', () => {
    const life = withNova();
    for (let n = 0; n < 20; n++) {
      life.open(`n${n}`, `as ${n % 2 ? 'Echo' : 'Nova'} here`);
      life.adopt(n % 2 ? 'Nova' : 'Echo');
    }
    expect(of(life).rebinds.size).toBe(16);
  });
});
