import type { Span } from '#libs/contracts';
import type { ChainedEvent } from '../core/chain.core';
import type { Announcer } from './announcer';
import type { MindCache } from './mind-cache';
import type { TailCache } from './tail-cache';

/** What follows from a commit, and only from it: memory learns of the events, and the others hear of them. */
export class CommitLog {
  constructor(
    private readonly minds: MindCache,
    private readonly tails: TailCache,
    private readonly announcer: Announcer,
    private readonly owns: (shard: number) => boolean,
  ) {}

  /** @param chains Events that are durable now: one list per mind, in order of position. */
  committed(chains: readonly (readonly ChainedEvent[])[]): void {
    const spans: Span[] = [];
    for (const events of chains) {
      const [first, last] = [events[0], events.at(-1)];
      if (!first || !last) continue;
      this.minds.advance(first.mind, last);
      // What commits after its shard was given up is read, and seen broadcast, by another member only.
      if (this.owns(this.minds.shardOf(first.mind))) this.tails.add(first.mind, events);
      else this.tails.drop(first.mind);
      spans.push({ mind: first.mind, from: first.position, to: last.position });
    }
    if (spans.length > 0) this.announcer.announce(spans);
  }
}
