import { systemClock } from '#libs/kernel';
import { MindCache } from './mind-cache';
import { MindList } from './mind-list';
import type { MindRecord, MindStore, NewMind } from './mind-store.port';

const record = { id: 'ada', archivedAt: null, importedTo: 0 } as unknown as MindRecord;

/** A store whose answer about a mind that is made takes a moment, as the row is read once more. */
function storeOf(rows: Set<string>, takesMs: number): MindStore {
  const create = async ({ id }: NewMind) => {
    if (rows.has(id)) return null;
    rows.add(id);
    await systemClock.sleep(takesMs);
    return { ...record, id };
  };
  return { create } as unknown as MindStore;
}

it('of two owners that are asked to create a mind the one that did answers first', async () => {
  const store = storeOf(new Set(), 50);
  const owners = [1, 2].map(() => new MindList(new MindCache(store, 1), store, systemClock));
  const answers = owners.map((owner) => owner.create({ mind: 'ada' }));
  const all = Promise.allSettled(answers);
  await expect(Promise.race(answers)).resolves.toMatchObject({ id: 'ada' });
  expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});
