import { commitmentId } from '#libs/kernel';
import { commitmentFold, type CommitmentState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { decideClose } from './close.decision';
import { judge } from './judge';
import { decideOpen, type OpenInput } from './open.decision';
import { decideSnooze } from './snooze.decision';

const begin = () => new Life<CommitmentState>(commitmentFold);
const input = (text: string, more: Partial<OpenInput> = {}): OpenInput => ({
  mind: 'ada',
  id: 'id-1',
  text,
  ...more,
});
const close = (
  life: Life<CommitmentState>,
  cid: string,
  evidence: number[],
  outcome: 'done' | 'dropped' = 'done',
) => decideClose(life.state, { cid, evidence, outcome, note: 'so it is' }, life.position);

describe('opening', () => {
  it('is one event whose cid derives from its id', () => {
    const cid = commitmentId('ada', 'id-1');
    expect(cid).toMatch(/^c[a-z2-7]{11}$/);
    expect(decideOpen(begin().state, input(' finish it ', { project: 'p', ttlTicks: 5 }))).toEqual({
      verdict: 'accepted',
      cid,
      draft: {
        kind: 'commitment_open',
        content: 'finish it',
        meta: { cid, source: 'api', project: 'p', ttlTicks: 5 },
      },
    });
  });

  it.each(['ab', '', 'x'.repeat(401)])('%j is refused', (text) =>
    expect(decideOpen(begin().state, input(text))).toMatchObject({
      verdict: 'refused',
      code: 'invalid_request',
    }),
  );

  it('an equal text that is open is answered with what exists', () => {
    const life = begin();
    life.open('c1', 'Finish  the réport');
    expect(decideOpen(life.state, input(' finish the re\u0301port'))).toEqual({
      verdict: 'known',
      reply: { cid: 'c1', position: 1, existing: true },
    });
    expect(decideOpen(life.state, input('finish the report')).verdict).toBe('accepted');
  });

  it('a closed commitment may be opened again', () => {
    const life = begin();
    life.open('c1', 'finish it');
    life.close('c1');
    expect(decideOpen(life.state, input('finish it')).verdict).toBe('accepted');
  });

  it('a repeat of the same request is answered as the first time', () => {
    const life = begin();
    const cid = commitmentId('ada', 'id-1');
    life.open(cid, 'finish it');
    const first = { verdict: 'known', reply: { cid, position: 1, existing: false } };
    expect(decideOpen(life.state, input('finish it'))).toEqual(first);
    life.close(cid);
    expect(decideOpen(life.state, input('finish it'))).toEqual(first);
  });

  it('the one after 1,000 open ones is too large', () => {
    const life = begin();
    for (let n = 0; n < 999; n++) life.open(`c${n}`, `task ${n}`);
    expect(decideOpen(life.state, input('finish it')).verdict).toBe('accepted');
    life.open('c999', 'task 999');
    expect(decideOpen(life.state, input('finish it'))).toMatchObject({
      verdict: 'refused',
      code: 'too_large',
    });
    expect(decideOpen(life.state, input('task 7')).verdict).toBe('known');
  });
});

describe('closing', () => {
  const opened = () => {
    const life = begin();
    life.turn();
    life.open('c1');
    life.turn();
    return life;
  };

  it('needs evidence that exists and came after the open', () => {
    expect(close(opened(), 'c1', [4, 1, 4])).toEqual({
      verdict: 'accepted',
      cid: 'c1',
      draft: {
        kind: 'commitment_close',
        content: 'so it is',
        meta: { cid: 'c1', evidence: [4, 1], outcome: 'done' },
      },
    });
  });

  it.each([[[]], [[1, 2, 3]], [[3]], [[6]], [[4, 999]], [[0]], [[1.5]], [[-1]]])(
    'is refused with %j',
    (evidence) =>
      expect(close(opened(), 'c1', evidence)).toMatchObject({ verdict: 'refused', code: 'invalid_request' }),
  );

  it('a closed one with the same outcome answers the first close', () => {
    const life = opened();
    life.close('c1', 'dropped');
    const position = life.position;
    expect(close(life, 'c1', [4], 'dropped')).toEqual({ verdict: 'known', reply: { cid: 'c1', position } });
    expect(close(life, 'c1', [999], 'dropped').verdict).toBe('known');
    expect(close(life, 'c1', [4])).toMatchObject({ verdict: 'refused', code: 'invalid_request' });
  });

  it('an imported close without outcome counts as done', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'x' });
    life.imported('commitment_close', { cid: 'a' });
    expect(close(life, 'a', [2]).verdict).toBe('known');
    expect(close(life, 'a', [2], 'dropped').verdict).toBe('refused');
  });

  it('an unknown cid is not found, an expired one can’t be closed', () => {
    const life = opened();
    expect(close(life, 'cx', [4])).toMatchObject({ code: 'not_found' });
    life.add('commitment_expire', { cid: 'c1', reason: 'ttl' });
    expect(close(life, 'c1', [4])).toMatchObject({ code: 'invalid_request', message: 'c1 has expired' });
  });
});

describe('snoozing', () => {
  it('is one event for an open commitment', () => {
    const life = begin();
    life.open('c1');
    expect(decideSnooze(life.state, { cid: 'c1', untilTick: 9 })).toEqual({
      verdict: 'accepted',
      cid: 'c1',
      draft: { kind: 'commitment_snooze', content: '', meta: { cid: 'c1', untilTick: 9 } },
    });
  });

  it('an unknown cid is not found, a closed one is refused', () => {
    const life = begin();
    life.open('c1');
    life.close('c1');
    expect(decideSnooze(life.state, { cid: 'cx', untilTick: 9 })).toMatchObject({ code: 'not_found' });
    expect(decideSnooze(life.state, { cid: 'c1', untilTick: 9 })).toMatchObject({ code: 'invalid_request' });
  });
});

describe('judging control lines', () => {
  const judged = (
    life: Life<CommitmentState>,
    opens: [string, string][],
    closes: [string, number[]][] = [],
  ) =>
    judge(
      life.state,
      {
        mind: 'ada',
        opens: opens.map(([id, text]) => ({ id, text })),
        closes: closes.map(([cid, evidence]) => ({ cid, evidence })),
      },
      life.position,
    );

  it('opens: each alone, equal texts are one commitment', () => {
    const life = begin();
    life.open('c1', 'finish it');
    const cid = commitmentId('ada', 'b');
    expect(
      judged(life, [
        ['a', 'Finish  it'],
        ['b', 'another'],
        ['c', 'ANOTHER'],
        ['d', 'x'],
      ]).opens,
    ).toEqual([
      { accepted: true, cid: 'c1', existing: true },
      { accepted: true, cid, existing: false },
      { accepted: true, cid, existing: true },
      { accepted: false, reason: 'a commitment has 3 to 400 characters' },
    ]);
  });

  it('opens: those of the same reply count for the limit', () => {
    const life = begin();
    for (let n = 0; n < 999; n++) life.open(`c${n}`, `task ${n}`);
    expect(
      judged(life, [
        ['a', 'one more'],
        ['b', 'and another'],
      ]).opens.map(({ accepted }) => accepted),
    ).toEqual([true, false]);
  });

  it('closes: with true evidence only, and known cids are told', () => {
    const life = begin();
    life.open('c1');
    life.open('c2');
    life.close('c2');
    life.turn();
    const { closes, known } = judged(
      life,
      [],
      [
        ['c1', [4]],
        ['c1', [99]],
        ['c2', [4]],
        ['cx', [4]],
      ],
    );
    expect(closes).toEqual([
      { accepted: true, existing: false },
      { accepted: false, reason: 'evidence: there is no event #99' },
      { accepted: true, existing: true },
      { accepted: false, reason: 'there is no commitment cx' },
    ]);
    expect(known).toEqual(['c1', 'c2']);
  });

  it('a negated sentence closes nothing: only a DONE line with evidence does', () => {
    const life = begin();
    life.open('c1', 'finish the report');
    life.turn('did you?', 'I did not finish the report. The report is not finished.');
    expect(life.state.commitments.open.has('c1')).toBe(true);
    expect(judged(life, [], [['c1', []]]).closes).toMatchObject([{ accepted: false }]);
  });
});
