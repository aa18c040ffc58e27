import { systemClock } from '#libs/kernel';
import { EMPTY_HEAD } from '../core/chain.core';
import { AppendLane, type LaneParts } from './append-lane';
import type { AppendJob } from './append-job';
import { InsertFault } from './event-store.port';

const record = { archivedAt: null };
const nothing = () => undefined;

function jobOf(mind: string, bytes: number): AppendJob {
  const event = { id: mind, kind: 'x.note', content: '', meta: {}, version: 1 };
  return {
    mind,
    events: [{ ...event, contentJson: '""', metaJson: '{}' }],
    deadlineAt: Date.now() + 60_000,
    bytes,
    settle: nothing,
  };
}

it('counts the bytes of an append until it has an answer, also on the slow way', async () => {
  const slow: AppendJob[] = [];
  const lane = new AppendLane({
    events: { insert: () => Promise.reject(new InsertFault('locked', { cause: undefined })) },
    minds: {
      states: (minds: string[]) =>
        Promise.resolve(new Map(minds.map((mind) => [mind, { record, head: EMPTY_HEAD }]))),
      dropHead: nothing,
    },
    tails: { get: nothing },
    commits: { committed: nothing },
    asking: { holds: () => false, add: (job: AppendJob) => slow.push(job) },
    clock: systemClock,
    meter: { judged: nothing, committed: nothing },
  } as unknown as LaneParts);

  lane.add(jobOf('ada', 1_000));
  lane.add(jobOf('bo', 500));
  await lane.idle();
  expect([lane.waiting, lane.openBytes, slow.length]).toEqual([0, 1_500, 2]);
  slow[0]?.settle({ failure: new Error('given up') });
  // A second answer is none.
  slow[0]?.settle({ failure: new Error('given up') });
  expect(lane.openBytes).toBe(500);
});
