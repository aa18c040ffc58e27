import { commitmentFold, type CommitmentState } from '#libs/mind';
import { idsOf, Life, LIFE_START_MS } from '#test/replay/life';
import { dueRule, expireRule } from './lifetime.rules';

const HOURS = 3_600;
const begin = () => new Life<CommitmentState>(commitmentFold, [dueRule, expireRule]);
const inHours = (hours: number) => new Date(LIFE_START_MS + hours * HOURS * 1000).toISOString();
const expired = (cid: string, reason: string) =>
  expect.objectContaining({ kind: 'commitment_expire', meta: { cid, reason } });
const due = (cid: string, dueAt: string) =>
  expect.objectContaining({ kind: 'commitment_due', meta: { cid, dueAt } });

describe('a commitment without a due time', () => {
  it('expires at the tick that is `ttlTicks` after its open', () => {
    const life = begin();
    life.tick(3);
    life.open('c1', 'x y', { ttlTicks: 5 });
    expect(life.tick(4)).toEqual([]);
    expect(life.tick()).toEqual([expired('c1', 'ttl')]);
  });

  it('expires after 2,000 ticks when nobody said', () => {
    const life = begin();
    life.open('c1');
    life.tick(1_999);
    expect(life.decide()).toEqual([]);
    expect(life.tick()).toEqual([expired('c1', 'ttl')]);
  });

  it('is left alone while it sleeps, and ages from then on', () => {
    const life = begin();
    life.open('c1', 'x y', { ttlTicks: 5 });
    life.add('commitment_snooze', { cid: 'c1', untilTick: 10 });
    for (let tick = 1; tick < 15; tick++) expect(life.tick()).toEqual([]);
    expect(life.tick()).toEqual([expired('c1', 'ttl')]);
  });

  it('ages from its last update', () => {
    const life = begin();
    life.open('c1', 'x y', { ttlTicks: 5 });
    life.tick(4);
    life.add('commitment_update', { cid: 'c1', reason: 'clearer' }, 'x y z');
    expect(life.tick(4)).toEqual([]);
    expect(life.tick()).toEqual([expired('c1', 'ttl')]);
  });

  it('that was imported ages from the first tick that is not', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'x' });
    for (let n = 0; n < 3_000; n++) life.imported('autonomy_tick');
    expect(life.tick(2_000)).toEqual([]);
    expect(life.tick()).toEqual([expired('a', 'ttl')]);
  });

  it('that was imported and sleeps is left alone', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'x' });
    life.imported('commitment_snooze', { cid: 'a', untilTick: 1e15 });
    expect(life.tick(2_010)).toEqual([]);
  });
});

describe('a commitment with a due time', () => {
  it('is due once past it', () => {
    const life = begin();
    const dueAt = inHours(1);
    life.open('c1', 'x y', { dueAt });
    expect(life.tick()).toEqual([]);
    life.wait(HOURS);
    const drafts = life.tick();
    expect(drafts).toEqual([due('c1', dueAt)]);
    life.append(drafts);
    expect(life.tick(3)).toEqual([]);
  });

  it('expires 72 hours past it, and has no TTL', () => {
    const life = begin();
    const dueAt = inHours(1);
    life.open('c1', 'x y', { dueAt, ttlTicks: 1 });
    life.tick(5);
    life.wait(HOURS);
    life.append(life.tick());
    life.wait(71 * HOURS);
    expect(life.tick()).toEqual([]);
    life.wait(1 * HOURS);
    expect(life.tick()).toEqual([expired('c1', 'overdue')]);
  });

  it('is never due and expired at one tick: told first', () => {
    const life = begin();
    const dueAt = inHours(1);
    life.open('c1', 'x y', { dueAt });
    life.wait(500 * HOURS);
    const drafts = life.tick();
    expect(drafts).toEqual([due('c1', dueAt)]);
    life.append(drafts);
    expect(life.tick()).toEqual([expired('c1', 'overdue')]);
  });

  it('is left alone while it sleeps', () => {
    const life = begin();
    life.open('c1', 'x y', { dueAt: inHours(1) });
    life.add('commitment_snooze', { cid: 'c1', untilTick: 3 });
    life.wait(500 * HOURS);
    expect([life.tick(), life.tick()]).toEqual([[], []]);
    expect(life.tick()).toHaveLength(1);
  });
});

describe('the events of a tick', () => {
  it('are at most 200, oldest first, of both kinds together', () => {
    const life = begin();
    for (let n = 0; n < 260; n++) life.open(`c${n}`, 'x y', n % 2 ? { ttlTicks: 1 } : { dueAt: inHours(0) });
    const drafts = life.tick();
    expect(drafts).toHaveLength(200);
    expect(drafts.map(({ meta }) => meta['cid'])).not.toContain('c200');
    life.append(drafts);
    const next = life.tick();
    expect(next.map(({ meta }) => meta['cid'])).toEqual(expect.arrayContaining(['c200', 'c259']));
    expect(next.filter(({ kind }) => kind === 'commitment_due')).toHaveLength(30);
  });

  it('have the same ids whichever tick tells them', () => {
    const life = begin();
    life.open('c1', 'x y', { ttlTicks: 2 });
    life.open('c2', 'x y', { dueAt: inHours(0) });
    const idsAt = () => {
      life.tick(2);
      return ['due', 'expire'].flatMap((rule) => idsOf('ada', 'commitment', rule, life.decisions(rule)));
    };
    const first = idsAt();
    expect(new Set(first).size).toBe(2);
    expect(idsAt()).toEqual(first);
  });

  it('of a commitment that was opened again are others', () => {
    const life = begin();
    life.open('c1', 'x y', { ttlTicks: 1 });
    life.tick();
    const [first] = idsOf('ada', 'commitment', 'expire', life.decisions());
    life.append(life.decide());
    life.open('c1', 'x y', { ttlTicks: 1 });
    life.tick();
    expect(idsOf('ada', 'commitment', 'expire', life.decisions())).not.toContain(first);
  });

  it('do not speak of imported ids that are too long to be written', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'x'.repeat(65), text: 'x' });
    expect(life.tick(2_001)).toEqual([]);
  });
});
