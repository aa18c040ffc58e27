import type { Span } from '#libs/contracts';
import type { ChainHead } from '../core/chain.core';
import { MindCache } from './mind-cache';
import type { MindState } from './mind-store.port';

const at = (position: number): ChainHead => ({ position, hash: `hash of ${position}`, atMs: position });

describe('the cache of heads', () => {
  let stored: number;
  let importedTo: number;
  let id: string;
  let news: Span[];
  let minds: MindCache;

  beforeEach(async () => {
    stored = 3;
    importedTo = 0;
    id = 'ada';
    news = [];
    const state = (): MindState => ({
      record: {
        ...{ id, createdAt: '', tickIntervalMs: null, provider: null, model: null },
        ...{ archivedAt: null, importedTo },
      },
      head: at(stored),
    });
    const never = () => Promise.reject(new Error('not asked for'));
    const states = () => Promise.resolve([state()]);
    minds = new MindCache({ create: never, archive: never, states, page: states, newestSpans: never }, 1);
    minds.onNews((span) => news.push(span));
    await minds.state('ada');
  });

  it('tells what was stored and announced by nobody, once', async () => {
    stored = 5;
    minds.dropHead('ada');
    await minds.state('ada');
    await minds.refresh('ada');
    expect(news).toEqual([{ mind: 'ada', from: 4, to: 5 }]);
  });

  it('tells it also when it is found by a look at the whole shard', async () => {
    stored = 4;
    await minds.loadShard(0);
    expect(news).toEqual([{ mind: 'ada', from: 4, to: 4 }]);
  });

  it('tells of a mind that others have made since it read the whole shard, but not of what was imported into it', async () => {
    await minds.loadShard(0);
    id = 'bob';
    importedTo = 2;
    await minds.state('bob');
    await minds.loadShard(0);
    expect(news).toEqual([{ mind: 'bob', from: 3, to: 3 }]);
  });

  it('tells the end of a long one alone', async () => {
    await minds.loadShard(0);
    [id, stored] = ['bob', 5_000];
    await minds.state('bob');
    expect(news).toEqual([{ mind: 'bob', from: 4_001, to: 5_000 }]);
  });

  it('says nothing of what was committed here, or announced by its writer', async () => {
    minds.advance('ada', at(4));
    stored = 6;
    minds.dropHead('ada', 6);
    expect((await minds.state('ada')).head).toEqual(at(6));
    expect(news).toEqual([]);
  });

  it('takes the row of a mind as it is found, but not as it was before a change made here', async () => {
    importedTo = 2;
    await minds.loadShard(0);
    expect(minds.peek('ada')?.record.importedTo).toBe(2);
    const reading = minds.refresh('ada');
    minds.setImportedTo('ada', 3);
    await reading;
    expect(minds.peek('ada')?.record.importedTo).toBe(3);
  });

  it('keeps what was imported of a mind whose head is not held', async () => {
    minds.dropHead('ada');
    minds.setImportedTo('ada', 3);
    minds.advance('ada', at(3));
    expect(minds.peek('ada')?.record.importedTo).toBe(3);
  });

  it('says nothing of a mind that it reads for the first time', () => {
    expect(news).toEqual([]);
  });
});
