import fc from 'fast-check';
import type { MindEvent } from '#libs/contracts';
import { digestOf, foldAll } from '#libs/kernel';
import { settled, soon, TestBed } from '../../libs/messaging/src/testing/test-cache';
import { arbitraryLog, lawOptions } from './generate-log';
import { RULED_SERVICES, type RuledService } from './service-rules';

interface Delivery {
  /** Of which of the minds. */
  of: number;
  from: number;
  length: number;
}

/** Batches as a stream may bring them: any part of a log, at any time, also twice. */
const deliveries: fc.Arbitrary<Delivery[]> = fc.array(
  fc.record({ of: fc.nat(1), from: fc.nat(59), length: fc.integer({ min: 1, max: 20 }) }),
  { maxLength: 12 },
);

/**
 * The digests that one cache of a service comes to when the logs grow and batches of them arrive like that, some of
 * them before or after others or not at all; the heads are told at the end.
 */
async function delivered(
  { service, fold, rules }: RuledService,
  logs: readonly MindEvent[][],
  batches: readonly Delivery[],
): Promise<string[]> {
  const bed = new TestBed();
  const settings = { snapshotEvery: 25, verifySample: 0, residentMinds: 1 };
  const cache = bed.cache(settings, { service, fold, rules } as never);
  const grow = (log: MindEvent[], to: number) => {
    const written = Math.max(to, bed.log.events(mindOf(log)).length);
    bed.log.minds.set(mindOf(log), log.slice(0, written));
  };
  const digest = async (log: MindEvent[], minPosition: number) =>
    (await cache.read(mindOf(log), { deadlineAt: soon(), minPosition }, () => ({}))).digest;
  for (const log of logs) {
    grow(log, 1);
    await digest(log, 1);
  }
  for (const { of, from, length } of batches) {
    const log = logs[of % logs.length] ?? [];
    const start = from % log.length;
    grow(log, Math.min(log.length, start + length));
    await cache.onBatch(bed.log.batch(mindOf(log), start + 1, start + length));
  }
  const digests: string[] = [];
  for (const log of logs) {
    grow(log, log.length);
    await cache.catchUp(mindOf(log), bed.log.head(mindOf(log)));
    digests.push(await digest(log, log.length));
  }
  await settled(1);
  expect(bed.alarms).toEqual([]);
  return digests;
}

const mindOf = (log: readonly MindEvent[]): string => log[0]?.mind ?? '';
const services = RULED_SERVICES.map((ruled): [string, RuledService] => [ruled.service, ruled]);
const digestsOfWhole = ({ fold }: RuledService, logs: readonly MindEvent[][]) =>
  logs.map((log) => digestOf(fold, foldAll(fold, log)));

describe('any split, duplication and reordering of a log into batches', () => {
  const options = lawOptions();

  it.each(services)(
    'gives the state of the whole in the cache of %s, and two minds never share a cache',
    async (_service, ruled) => {
      const logs = fc.tuple(
        arbitraryLog({ mind: 'mind-a', maxEvents: 60 }),
        arbitraryLog({ mind: 'mind-b', maxEvents: 15 }),
      );
      const property = fc.asyncProperty(logs, deliveries, async (both, batches) => {
        fc.pre(both.every((log) => log.length > 0));
        expect(await delivered(ruled, both, batches)).toEqual(digestsOfWhole(ruled, both));
      });
      await fc.assert(property, options);
    },
    options.numRuns * 200,
  );
});
