import { REGISTRY } from '#libs/contracts';
import { checkNewEvent } from '#libs/kernel';
import { EMPTY_HEAD, type ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import { cursorOf, verifyRows } from '../../../services/event-log/src/core/verify.core';
import { generateLog, type LogPlan } from './generate-log';

const endsAtMs = Date.UTC(2026, 0, 1);
const log = (changes: Partial<LogPlan> = {}): ChainedEvent[] => [
  ...generateLog({ mind: 'generated', events: 5_000, seed: 7, endsAtMs, ...changes }),
];

it('is a chain that event-log itself verifies, up to the time and the length asked for', () => {
  const events = log();
  expect(events).toHaveLength(5_000);
  const verdict = verifyRows(cursorOf(events), EMPTY_HEAD);
  expect(verdict).toMatchObject({ good: 5_000 });
  expect(verdict.firstBad).toBeUndefined();
  expect(events.at(-1)?.atMs).toBe(endsAtMs);
});

it('holds every kind that may be written, already in its first 1,000 events', () => {
  const kinds = new Set(log({ events: 1_000 }).map(({ kind }) => kind));
  const written = Object.entries(REGISTRY).filter(
    ([, about]) => !('importOnly' in about && about.importOnly),
  );
  expect(written.map(([kind]) => kind).filter((kind) => !kinds.has(kind))).toEqual([]);
  expect(kinds).toContain('x.note');
});

it('holds only events that an append would accept', () => {
  for (const { body } of log()) {
    const { id, kind, content, meta } = JSON.parse(body) as Parameters<typeof checkNewEvent>[0];
    expect(() => checkNewEvent({ id, kind, content, meta })).not.toThrow();
  }
});

it('is the same for the same seed, and another for another', () => {
  expect(log()).toEqual(log());
  expect(log({ seed: 8 }).at(-1)?.hash).not.toBe(log().at(-1)?.hash);
});

it('keeps the number of open commitments small, however long the mind lives', () => {
  const open = new Set<string>();
  for (const { kind, body } of log({ events: 50_000 })) {
    const { cid } = (JSON.parse(body) as { meta: { cid?: string } }).meta;
    if (kind === 'commitment_open' && cid) open.add(cid);
    if ((kind === 'commitment_close' || kind === 'commitment_expire') && cid) open.delete(cid);
  }
  expect(open.size).toBeLessThan(100);
});
