import type { MindEvent } from '#libs/contracts';
import { digestOf, foldAll, linkFault } from '#libs/kernel';
import { SERVICE_FOLDS, type OpaqueFold } from '#libs/mind';
import { pick, writeLog, type Act } from './generate-log';
import { goldenEvents } from './imported-ledger';
import {
  readDigests,
  readRecorded,
  recordedLogs,
  recordOnce,
  writeDigests,
  type RecordedDigests,
} from './recorded-logs';
import { scriptedLife } from './scripted-life';
import { numbersFrom } from './world';

/**
 * With `PMM_RECORD=1` this writes what is missing: logs that are not there yet, and the digests of folds whose version
 * is higher than the recorded one. It never overwrites a digest of the same version.
 */
const record = process.env['PMM_RECORD'] === '1';

function oddLog(): MindEvent[] {
  const next = numbersFrom(7);
  const acts = (count: number): Act[] =>
    Array.from({ length: count }, () => ({
      what: next(998),
      gap: next(10),
      picks: [next(98), next(98), next(98)],
    }));
  return writeLog('odd', acts(150), acts(350));
}

const half = (events: readonly MindEvent[]) => events.slice(0, events.length >> 1);

function digestsOf(fold: OpaqueFold): Record<string, [string, string]> {
  const pairs = recordedLogs().map((name): [string, [string, string]] => {
    const events = readRecorded(name);
    return [name, [digestOf(fold, foldAll(fold, half(events))), digestOf(fold, foldAll(fold, events))]];
  });
  return Object.fromEntries(pairs);
}

function recordAll(): void {
  recordOnce('life', scriptedLife().world.log.slice(0, 700));
  recordOnce('imported', goldenEvents('ledger-11'));
  recordOnce('odd', oddLog());
  const known = readDigests();
  const written: RecordedDigests = {};
  for (const [service, fold] of Object.entries(SERVICE_FOLDS)) {
    const old = known[service];
    written[service] =
      old && old.foldVersion >= fold.version ? old : { foldVersion: fold.version, digests: digestsOf(fold) };
  }
  writeDigests(written);
}

if (record) recordAll();

describe('the recorded logs', () => {
  it.each(recordedLogs())('%s is a valid chain', (name) => {
    let previous: { position: number; hash: string | null } = { position: 0, hash: null };
    for (const event of readRecorded(name)) {
      expect(linkFault(event, previous)).toBeNull();
      previous = event;
    }
    expect(previous.position).toBeGreaterThan(200);
  });
});

describe.each(Object.entries(SERVICE_FOLDS))('the fold of %s', (service, fold) => {
  const recorded = readDigests()[service];

  it('has the version that was recorded; raise it when states change, then record with PMM_RECORD=1', () =>
    expect(fold.version).toBe(recorded?.foldVersion));

  it.each(recordedLogs())('comes to the recorded digest of %s as long as its version is the same', (name) => {
    expect(digestsOf(fold)[name]).toEqual(recorded?.digests[name]);
  });

  it('would not come to that digest if a state were another one', () => {
    const events = readRecorded(pick(recordedLogs(), 0));
    const state = foldAll(fold, events);
    const other = foldAll(fold, events.slice(0, -40));
    expect(digestOf(fold, state)).not.toBe(digestOf(fold, other));
  });
});
