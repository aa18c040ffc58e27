import { LIMITS, type HeadsReply, type HeadsRequest } from '#libs/contracts';
import type { MindCache } from './mind-cache';
import type { MindState, MindStore } from './mind-store.port';

/** The heads of logs: what caches compare their watermarks with. Minds without events have none. */
export class HeadsLog {
  constructor(
    private readonly minds: MindCache,
    private readonly store: MindStore,
  ) {}

  async heads({
    shard,
    minds,
    after = '',
    limit = LIMITS.headsPage,
    activeSince,
  }: HeadsRequest): Promise<HeadsReply> {
    const sinceMs = activeSince === undefined ? 0 : Date.parse(activeSince);
    if (minds) return { heads: toHeads([...(await this.minds.states(minds)).values()], sinceMs) };
    const page =
      this.minds.pageOfShard(shard, after, limit) ?? (await this.store.page({ shard, after, limit }));
    const last = page.at(-1)?.record.id;
    const heads = toHeads(page, sinceMs);
    return page.length === limit && last !== undefined ? { heads, next: last } : { heads };
  }
}

const toHeads = (states: readonly MindState[], sinceMs: number): HeadsReply['heads'] =>
  states.flatMap(({ record, head }) =>
    head.hash === null || head.atMs < sinceMs
      ? []
      : [{ mind: record.id, position: head.position, hash: head.hash }],
  );
