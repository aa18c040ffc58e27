import { systemClock } from '#libs/kernel';
import { chainEvents, EMPTY_HEAD } from '../core/chain.core';
import type { AppendJob } from './append-job';
import { AskingWriter, type AskingWriterParts } from './asking-writer';

const MIND = 'ada';
const nothing = () => undefined;
const event = {
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'x.note',
  content: '',
  meta: {},
  version: 1,
};
const checked = { ...event, contentJson: '""', metaJson: '{}' };
const stored = chainEvents(MIND, EMPTY_HEAD, [checked], 0);

it('an append that another owner stores between two questions is the same append, not a conflict', async () => {
  let isStored = false;
  /** What the database says; after the first answer the other owner's commit is in. */
  const asked = <T>(answer: T): Promise<T> => {
    isStored = true;
    return Promise.resolve(answer);
  };
  const writer = new AskingWriter({
    events: {
      known: () => asked(isStored ? stored : []),
      insert: () => Promise.reject(new Error('it is there')),
    },
    minds: {
      refresh: () => asked({ record: { archivedAt: null }, head: isStored ? stored[0] : EMPTY_HEAD }),
      dropHeads: nothing,
    },
    commits: { committed: nothing },
    clock: systemClock,
    meter: { judged: nothing, committed: nothing },
  } as unknown as AskingWriterParts);

  const outcome = await new Promise((settle) => {
    const job: AppendJob = {
      mind: MIND,
      events: [checked],
      deadlineAt: Date.now() + 60_000,
      bytes: 1,
      settle,
    };
    writer.add({ ...job, expectedPosition: 0 });
  });
  expect(outcome).toMatchObject({ reply: { from: 1, to: 1, duplicate: true } });
});
