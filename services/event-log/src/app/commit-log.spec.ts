import type { Span } from '#libs/contracts';
import { chainEvents, EMPTY_HEAD, type ChainHead } from '../core/chain.core';
import type { Announcer } from './announcer';
import { CommitLog } from './commit-log';
import { MindCache } from './mind-cache';
import type { MindStore } from './mind-store.port';
import { TailCache } from './tail-cache';

const events = (head: ChainHead) =>
  chainEvents('ada', head, [{ id: 'a', kind: 'x.n', version: 1, content: 'one', metaJson: '{}' }], 1_000);

describe('a commit', () => {
  let owned: boolean;
  let announced: Span[];
  let tails: TailCache;
  let commits: CommitLog;

  beforeEach(() => {
    [owned, announced, tails] = [true, [], new TailCache(1_000)];
    const announcer = { announce: (spans: readonly Span[]) => void announced.push(...spans) };
    const minds = new MindCache({} as MindStore, 1);
    commits = new CommitLog(minds, tails, announcer as unknown as Announcer, () => owned);
  });

  it('puts the events into memory, where they wait to be broadcast, and announces them', () => {
    commits.committed([events(EMPTY_HEAD)]);
    expect(announced).toEqual([{ mind: 'ada', from: 1, to: 1 }]);
    expect(tails.get('ada')?.size).toBe(1);
    expect(tails.unbroadcastBytes).toBeGreaterThan(0);
  });

  it('of a shard that was given up meanwhile is announced, but nothing here waits for its broadcast', () => {
    const first = events(EMPTY_HEAD);
    commits.committed([first]);
    owned = false;
    commits.committed([events(first[0] ?? EMPTY_HEAD)]);
    expect(announced).toHaveLength(2);
    expect(tails.get('ada')).toBeUndefined();
    expect(tails.unbroadcastBytes).toBe(0);
  });
});
