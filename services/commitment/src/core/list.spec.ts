import { commitmentFold, type CommitmentState } from '#libs/mind';
import { Life, LIFE_START_MS } from '#test/replay/life';
import { listCommitments, type ListQuery } from './list';

const begin = () => new Life<CommitmentState>(commitmentFold);
const list = (life: Life<CommitmentState>, query: Partial<ListQuery> = {}) =>
  listCommitments(life.state, { status: 'open', limit: 50, order: 'newest', ...query });
const cids = (page: ReturnType<typeof list>) => page.commitments.map(({ cid, status }) => `${cid} ${status}`);

describe('the list of commitments', () => {
  const several = () => {
    const life = begin();
    life.open('c1', 'one', { project: 'p' });
    life.open('c2', 'two', { priority: 'high', project: 'p' });
    life.open('c3', 'three');
    life.close('c1');
    life.add('commitment_expire', { cid: 'c3', reason: 'ttl' });
    life.open('c1', 'again');
    return life;
  };

  it('is newest first and selects records by status: a re-opened cid appears once for each', () => {
    const life = several();
    expect(cids(list(life))).toEqual(['c1 open', 'c2 open']);
    expect(cids(list(life, { status: 'closed' }))).toEqual(['c1 closed']);
    expect(cids(list(life, { status: 'expired' }))).toEqual(['c3 expired']);
    expect(cids(list(life, { status: 'all' }))).toEqual(['c1 open', 'c3 expired', 'c2 open', 'c1 closed']);
  });

  it('shows what is known of each', () => {
    const life = several();
    const [closed] = list(life, { status: 'closed' }).commitments;
    expect(closed).toEqual({
      ...{ cid: 'c1', text: 'one', status: 'closed', source: 'api', project: 'p', origin: null, score: 0 },
      ...{ openedAt: life.events[0]?.at, openPosition: 1, endPosition: 4, evidence: [3], outcome: 'done' },
    });
    expect(list(life).commitments[1]?.score).toBeCloseTo(0.3 + 0.1, 12);
    const [expired] = list(life, { status: 'expired' }).commitments;
    expect(expired).toMatchObject({ endPosition: 5, reason: 'ttl', origin: null, score: 0 });
    life.open('c4', 'four', { origin: 7 });
    expect(list(life).commitments[0]).toMatchObject({ cid: 'c4', origin: 7 });
  });

  it('can be that of a project, and counts the open ones of each', () => {
    const life = several();
    expect(cids(list(life, { project: 'p', status: 'all' }))).toEqual(['c2 open', 'c1 closed']);
    expect(list(life).projects).toEqual([{ project: 'p', open: 1 }]);
  });

  it('comes in pages', () => {
    const life = begin();
    for (let n = 1; n <= 5; n++) life.open(`c${n}`);
    const first = list(life, { limit: 2 });
    expect([cids(first), first.next]).toEqual([['c5 open', 'c4 open'], 4]);
    const last = list(life, { limit: 3, before: 4 });
    expect([cids(last), last.next, last.complete]).toEqual([
      ['c3 open', 'c2 open', 'c1 open'],
      undefined,
      true,
    ]);
    expect(list(life, { limit: 0 })).toMatchObject({ commitments: [] });
  });

  it('can be the most urgent first, by the time of the last event', () => {
    const life = begin();
    life.open('c1', 'one', { priority: 'low' });
    life.open('c2', 'two', { dueAt: new Date(LIFE_START_MS + 3_600_000).toISOString() });
    life.open('c3', 'three', { priority: 'high' });
    const page = list(life, { order: 'score', limit: 2 });
    expect([cids(page), page.next]).toEqual([['c2 open', 'c3 open'], undefined]);
    const before = page.commitments[0]?.score ?? 0;
    life.wait(1_800).tick();
    expect(list(life, { order: 'score' }).commitments[0]?.score).toBeGreaterThan(before);
  });

  it('says when the log knows more than is kept', () => {
    const life = begin();
    for (let n = 0; n < 201; n++) {
      life.open(`c${n}`);
      life.close(`c${n}`);
    }
    expect(list(life, { status: 'closed', limit: 200 }).complete).toBe(true);
    expect(list(life, { status: 'closed', limit: 50, before: 10 }).complete).toBe(false);
    expect(list(life, { status: 'open' }).complete).toBe(true);
    expect(list(life, { status: 'expired' }).complete).toBe(true);
  });

  it('keeps no reference to the state', () => {
    const life = several();
    const page = list(life, { status: 'all' });
    const before = structuredClone(page);
    life.add('commitment_update', { cid: 'c2', reason: 'x' }, 'changed');
    life.add('commitment_evidence', { cid: 'c2', evidence: [1] });
    expect(page).toEqual(before);
  });
});
