import type { MindEvent } from '#libs/contracts';
import { digestOf, foldAll, hashEvent } from '#libs/kernel';
import { SERVICE_FOLDS } from '#libs/mind';
import { compareDigests } from './compare-digests';
import { Replay } from './replay';

const KINDS: [kind: string, content: string, meta: MindEvent['meta']][] = [
  ['user_message', 'Hello', { turnId: 't1' }],
  ['identity_adopt', '', { name: 'Ada', source: 'api', confidence: 1 }],
  ['commitment_open', 'write a report', { cid: 'c1', source: 'api' }],
  ['autonomy_tick', '', { tick: 1, reason: 'requested' }],
  ['x.note', 'nobody folds this', {}],
];

function aLog(): MindEvent[] {
  const log: MindEvent[] = [];
  KINDS.forEach(([kind, content, meta], n) => {
    const id = `00000000-0000-4000-8000-00000000000${n}`;
    const at = `2026-01-01T00:00:0${n}.000Z`;
    const prevHash = log.at(-1)?.hash ?? null;
    const event = { mind: 'ada', position: n + 1, id, kind, version: 1, at, content, meta, prevHash };
    log.push({ ...event, hash: hashEvent(event) });
  });
  return log;
}
const exportLine = (log: MindEvent[]) => ({
  export: { format: 'pmm.v1', mind: 'ada', events: log.length, headHash: log.at(-1)?.hash ?? null },
});
function replay(lines: unknown[]) {
  const replaying = new Replay();
  for (const line of lines) replaying.take(typeof line === 'string' ? line : JSON.stringify(line));
  return replaying.finish();
}

it('comes to the digests of a fold of the whole log', () => {
  const log = aLog();
  const { services, position, headHash } = replay([...log, exportLine(log)]);
  expect([position, headHash]).toEqual([5, log[4]?.hash]);
  for (const [service, fold] of Object.entries(SERVICE_FOLDS))
    expect(services[service]).toEqual({
      digest: digestOf(fold, foldAll(fold, log)),
      foldVersion: fold.version,
    });
  expect(new Set(Object.values(services).map(({ digest }) => digest)).size).toBeGreaterThan(1);
});

it('replays an empty log', () => {
  expect(replay([exportLine([])])).toMatchObject({ position: 0, headHash: null, events: 0 });
});

describe('what is no whole export is refused, by its first bad position', () => {
  const log = aLog();
  const changed = log.map((event, n) => (n === 2 ? { ...event, content: 'write a novel' } : event));
  const [first, second] = log;
  it.each([
    ['a changed event', [...changed, exportLine(log)], 'position 3: hash does not fit'],
    ['a missing event', [first, ...log.slice(2), exportLine(log)], 'position 2: position 3 after 1'],
    ['a cut log', log, 'cut after position 5'],
    ['another count', [first, exportLine(log)], 'tells of 5 events'],
    ['another head', [first, exportLine([{ ...second, hash: 'x' } as MindEvent])], 'tells of another head'],
    ['something after the end', [exportLine([]), first], 'after the export line'],
    ['a torn line', [first, '{"mind":"a'], 'the line of position 2 is not JSON'],
    ['an original ledger', ['[{"id":1}]'], 'import a ledger first'],
    ['lines of something else', [{ id: 1, ts: 'x' }], 'position 1: it is no event'],
  ])('%s', (_, lines, message) => expect(() => replay(lines)).toThrow(message));
});

describe('compareDigests', () => {
  const replayed = {
    mind: 'ada',
    position: 5,
    headHash: 'h',
    events: 5,
    services: { projection: { digest: 'd1', foldVersion: 1 }, commitment: { digest: 'd2', foldVersion: 1 } },
  };
  const live = (over: object = {}) => ({
    projection: { digest: 'd1', foldVersion: 1, watermark: 5, ...over },
    commitment: { digest: 'd2', foldVersion: 1, watermark: 5 },
  });

  it('is equal only when every digest is, at this position and with this fold', () => {
    expect(compareDigests(replayed, live()).equal).toBe(true);
    for (const over of [{ digest: 'other' }, { watermark: 6 }, { foldVersion: 2 }]) {
      const comparison = compareDigests(replayed, live(over));
      expect(comparison.equal).toBe(false);
      expect(comparison.services.projection?.equal).toBe(false);
      expect(comparison.services.commitment?.equal).toBe(true);
    }
  });

  it('is not equal when a service says nothing', () => {
    const { projection } = live();
    expect(compareDigests(replayed, { projection }).services.commitment).toMatchObject({
      live: null,
      equal: false,
    });
  });
});
