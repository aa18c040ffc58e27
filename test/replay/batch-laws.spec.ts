import fc from 'fast-check';
import type { MindEvent } from '#libs/contracts';
import { digestOf, foldAll } from '#libs/kernel';
import { TestBed, settled, soon } from '../../libs/messaging/src/testing/test-cache';
import { arbitraryLog, lawOptions } from './generate-log';
import { RULED_SERVICES, type RuledService } from './service-rules';

interface Delivery {
  from: number;
  length: number;
}

/** Batches as a stream may bring them: any part of the log, at any time, also twice. */
const deliveries: fc.Arbitrary<Delivery[]> = fc.array(
  fc.record({ from: fc.nat(59), length: fc.integer({ min: 1, max: 20 }) }),
  { maxLength: 12 },
);

/** The digest that a service's cache comes to when batches arrive like that and the heads are told at the end. */
async function delivered(
  { service, fold }: RuledService,
  log: readonly MindEvent[],
  batches: readonly Delivery[],
): Promise<string> {
  const bed = new TestBed();
  const [first] = log;
  if (!first) return digestOf(fold, fold.initialState());
  bed.log.minds.set(first.mind, [...log]);
  bed.log.importedTo = log.filter(({ meta }) => meta['legacy'] !== undefined).length;
  const cache = bed.cache({ snapshotEvery: 7, verifySample: 1 }, { service, fold, rules: [] } as never);
  for (const { from, length } of batches) {
    const start = from % log.length;
    await cache.onBatch(bed.log.batch(first.mind, start + 1, Math.min(log.length, start + length)));
  }
  await cache.catchUp(first.mind, bed.log.head(first.mind));
  await settled(1);
  const seen = await cache.read(first.mind, { deadlineAt: soon(), minPosition: log.length }, () => ({}));
  expect(bed.alarms).toEqual([]);
  return seen.digest;
}

describe('any split, duplication and reordering of a log into batches', () => {
  const options = lawOptions();
  it.each(RULED_SERVICES.map((ruled): [string, RuledService] => [ruled.service, ruled]))(
    'gives the state of the whole in the cache of %s',
    async (_service, ruled) => {
      const property = fc.asyncProperty(arbitraryLog(), deliveries, async (log, batches) => {
        const whole = digestOf(ruled.fold, foldAll(ruled.fold, log));
        expect(await delivered(ruled, log, batches)).toBe(whole);
      });
      await fc.assert(property, options);
    },
    options.numRuns * 200,
  );
});
