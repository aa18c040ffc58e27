import { randomUUID } from 'node:crypto';
import type { ArchiveRequest, CreateRequest, MindInfo, MindsReply, MindsRequest } from '#libs/contracts';
import { LIMITS } from '#libs/contracts';
import { AppError, eventId, type Clock } from '#libs/kernel';
import { EMPTY_HEAD } from '../core/chain.core';
import type { MindCache } from './mind-cache';
import type { MindState, MindStore } from './mind-store.port';

/**
 * At a hand-over both owners of a shard get the request to create a mind. Who finds it made waits for so long, so that
 * the answer of who made it comes first.
 */
const GIVE_WAY_MS = 200;

/** The list of minds: rows of settings, not events. */
export class MindList {
  constructor(
    private readonly minds: MindCache,
    private readonly store: MindStore,
    private readonly clock: Pick<Clock, 'now' | 'sleep'>,
  ) {}

  /** @throws AppError `mind_exists` */
  async create({ mind, tickIntervalMs, provider, model }: CreateRequest): Promise<MindInfo> {
    const record = await this.store.create({
      id: mind,
      shard: this.minds.shardOf(mind),
      createdAtMs: this.clock.now(),
      tickIntervalMs: tickIntervalMs ?? null,
      provider: provider ?? null,
      model: model ?? null,
    });
    if (!record) {
      await this.clock.sleep(GIVE_WAY_MS);
      throw new AppError('mind_exists', `there is a mind ${mind} already`);
    }
    const state = { record, head: EMPTY_HEAD };
    this.minds.add(state);
    return toInfo(state);
  }

  /** Of an archived mind the row is read again: it may have been taken out elsewhere. @throws AppError `unknown_mind` */
  async get(mind: string): Promise<MindInfo> {
    const state = await this.minds.state(mind);
    return toInfo(state.record.archivedAt === null ? state : await this.minds.refresh(mind));
  }

  /** A request that comes again, by its key, changes nothing. @throws AppError `unknown_mind` */
  async archive({ mind, archived, key = randomUUID() }: ArchiveRequest): Promise<MindInfo> {
    const { head } = await this.minds.state(mind);
    const record = await this.store.archive(mind, {
      request: eventId(mind, archived ? 'archive' : 'unarchive', key),
      archivedAtMs: archived ? this.clock.now() : null,
    });
    if (!record) throw new AppError('unknown_mind', `there is no mind ${mind}`);
    this.minds.setRecord(record);
    return toInfo({ record, head: this.minds.peek(mind)?.head ?? head });
  }

  async list({ after, limit = LIMITS.mindsPage }: MindsRequest): Promise<MindsReply> {
    if (limit === 0) return { minds: [] };
    const states = await this.store.page({ after, limit: limit + 1 });
    const minds = states.slice(0, limit).map(toInfo);
    const last = minds.at(-1)?.id;
    return states.length > limit && last !== undefined ? { minds, next: last } : { minds };
  }
}

const toInfo = ({ record, head }: MindState): MindInfo => ({
  ...record,
  head: { position: head.position, hash: head.hash },
});
