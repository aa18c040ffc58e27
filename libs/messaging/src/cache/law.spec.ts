import fc from 'fast-check';
import { decided, type Rule } from '#libs/kernel';
import { KeyedQueue } from '../keyed-queue';
import { live, type Happening } from '../testing/simulated-log';
import { settled, soon, TestBed, type Write } from '../testing/test-cache';
import { answer, doDuty, testFold, type TestState } from '../testing/test-fold';

const CASES = Number(process.env.PMM_LAW_CASES ?? (process.env.CI === 'true' ? 10_000 : 1_000));
const SEED = Number(process.env.PMM_LAW_SEED ?? Date.now() % 2_147_483_647);
const MINDS = ['ada', 'bob'];
const RULES: readonly Rule<TestState>[] = [doDuty, answer];

const said = fc.oneof(
  fc.constantFrom('a', 'b', 'what?', 'why?').map((content) => ({ kind: 'x.say', content })),
  fc.constant({ kind: 'x.duty', content: 'd' }),
  fc.constant({ kind: 'x.note', content: 'no fold reads this' }),
  fc.constant({ kind: 'autonomy_tick', content: '' }),
);
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({ mind: fc.constantFrom(...MINDS), said, lag: fc.nat(4) }),
  { minLength: 1, maxLength: 45 },
);

interface Span {
  mind: string;
  from: number;
  to: number;
}

/** The spans of one split of all logs, those of each mind in order, the minds interleaved. */
function split(bed: TestBed, sizes: number[], order: number[]): Span[] {
  const queues = MINDS.map((mind) => spans(mind, bed.log.events(mind).length, sizes));
  const all: Span[] = [];
  for (let i = 0; queues.some((queue) => queue.length > 0); i++) {
    const start = order[i % order.length] ?? 0;
    const next = queues[start % 2]?.shift() ?? queues[(start + 1) % 2]?.shift();
    if (next) all.push(next);
  }
  return all;
}

function spans(mind: string, length: number, sizes: number[]): Span[] {
  const found: Span[] = [];
  for (let from = 1, i = 0; from <= length; i++) {
    const to = Math.min(length, from + (sizes[i % sizes.length] ?? 1) - 1);
    found.push({ mind, from, to });
    from = to + 1;
  }
  return found;
}

const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });
const choices = (max: number) => fc.array(fc.nat(max), { minLength: 1, maxLength: 40 });
const pick = (list: number[], i: number) => list[i % list.length] ?? 0;

/** Decisions in an order in which two runs can be compared: those of each mind and rule in their own. */
const byMind = (writes: Write[]) =>
  MINDS.map((mind) =>
    writes.filter((write) => write.mind === mind).map(({ rule, events }) => ({ rule, events })),
  );

/** All that the rules would decide at each event that is not imported, on the state at exactly that event. */
function possible(bed: TestBed): Map<string, Write> {
  const found = new Map<string, Write>();
  for (const mind of MINDS) {
    let state = testFold.initialState();
    for (const event of bed.log.events(mind)) {
      state = testFold.evolve(state, event);
      if (event.position <= bed.log.importedTo) continue;
      for (const rule of RULES.filter(({ kinds }) => kinds.includes(event.kind))) {
        for (const decision of rule.decide(state, event)) {
          const events = decided(mind, 'projection', rule.name, decision);
          found.set(events[0]?.id ?? '', { mind, rule: rule.name, events });
        }
      }
    }
  }
  return found;
}

async function expectWhole(bed: TestBed, cache: ReturnType<TestBed['cache']>): Promise<void> {
  for (const mind of MINDS) {
    if (bed.log.events(mind).length === 0) continue;
    await cache.catchUp(mind, bed.log.head(mind));
    const { position } = bed.log.head(mind);
    const seen = await cache.read(mind, { deadlineAt: soon() }, (state) => ({
      text: JSON.stringify(state.trail),
    }));
    expect(seen).toMatchObject({ watermark: position, digest: bed.wholeDigest(mind) });
  }
  expect(bed.alarms).toEqual([]);
}

/** The decisions are in the log: writing them again answers where. */
function answerFromLog(bed: TestBed): void {
  bed.writer.respond = ({ mind, events }) => {
    const found = bed.log.events(mind).find(({ id }) => id === events.at(-1)?.id);
    return found ? { done: true, until: found.position } : { done: false };
  };
}

describe(`the law of the cache (${CASES} cases, seed ${SEED})`, () => {
  const options = { numRuns: CASES, seed: SEED };

  it(
    'holds for every split, duplication, reordering and loss, with slow reads, evictions and readers between',
    async () => {
      const plan = fc.record({
        happenings,
        sizes,
        order: choices(1),
        deliveries: fc.array(fc.record({ at: fc.nat(1_000), act: fc.nat(9), slow: fc.nat(3) }), {
          maxLength: 50,
        }),
        importedTo: fc.constantFrom(0, 0, 5, 20),
      });
      await fc.assert(
        fc.asyncProperty(plan, async ({ happenings, sizes, order, deliveries, importedTo }) => {
          const bed = new TestBed();
          live(bed.log, happenings);
          bed.log.importedTo = importedTo;
          answerFromLog(bed);
          const cache = bed.cache({ snapshotEvery: 9, verifySample: 1, residentMinds: 2 });
          const all = split(bed, sizes, order);
          const queue = new KeyedQueue(1_000);
          const running: Promise<unknown>[] = [];
          let evicted = false;
          for (const { at, act, slow } of deliveries) {
            const span = all[at % all.length];
            if (!span) continue;
            const { mind, from, to } = span;
            bed.log.beforeRead = () => settled(slow);
            if (act <= 5) running.push(queue.run(mind, () => cache.onBatch(bed.log.batch(mind, from, to))));
            else if (act === 6)
              running.push(cache.read(mind, { minPosition: to, deadlineAt: soon() }, () => ({})));
            else if (act === 7) running.push(cache.read(mind, { at: from, deadlineAt: soon() }, () => ({})));
            else if (act === 8) running.push(cache.catchUp(mind, bed.log.head(mind)));
            else cache.forget((one) => (evicted = true) && one === mind);
            await settled(slow);
          }
          await Promise.all(running);
          await settled();
          await expectWhole(bed, cache);
          const right = possible(bed);
          const ids = bed.writer.writes.map(({ events }) => events[0]?.id ?? '');
          for (const [i, write] of bed.writer.writes.entries())
            expect(write).toEqual(right.get(ids[i] ?? ''));
          if (!evicted) expect(new Set(ids).size).toBe(ids.length);
        }),
        options,
      );
    },
    CASES * 200,
  );

  it(
    'takes the same decisions for every split, also with repeated batches and minds thrown out in between',
    async () => {
      const plan = fc.record({
        happenings,
        sizes,
        order: choices(1),
        repeats: choices(60),
        evictions: choices(6),
      });
      await fc.assert(
        fc.asyncProperty(plan, async ({ happenings, sizes, order, repeats, evictions }) => {
          const bed = new TestBed();
          const expected = live(bed.log, happenings);
          answerFromLog(bed);
          const cache = bed.cache({ snapshotEvery: 9, verifySample: 1 });
          const all = split(bed, sizes, order);
          for (const [i, { mind, from, to }] of all.entries()) {
            await cache.onBatch(bed.log.batch(mind, from, to));
            const again = all[pick(repeats, i)];
            if (again && pick(repeats, i) <= i)
              await cache.onBatch(bed.log.batch(again.mind, again.from, again.to));
            if (pick(evictions, i) === 0) {
              await settled();
              cache.forget((one) => one === mind);
            }
          }
          await settled();
          const unique = bed.writer.writes.filter(
            ({ events }, i, writes) => writes.findIndex((one) => one.events[0]?.id === events[0]?.id) === i,
          );
          expect(byMind(unique)).toEqual(byMind(expected));
          await expectWhole(bed, cache);
        }),
        options,
      );
    },
    CASES * 200,
  );
});
