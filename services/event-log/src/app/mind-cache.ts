import { LIMITS, shardOf, type Span } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { ChainHead } from '../core/chain.core';
import type { MindRecord, MindState, MindStore } from './mind-store.port';

/** What is announced of the end of a log: no append holds more, so that none is announced in part. */
export const ANNOUNCED_EVENTS = LIMITS.appendEvents;

interface Entry {
  record: MindRecord;
  /** When the record was changed here: what was read since before that is older. */
  changed: number;
  /** Absent when it may be stale and has to be read again. */
  head?: ChainHead;
  /** Up to here the events were announced, by us or by whoever wrote them. */
  announcedTo: number;
}

interface Shard {
  minds: Map<string, Entry>;
  /** Whether every mind of the shard is here. */
  complete: boolean;
  /** How many had to go. */
  evictions: number;
}

/**
 * Rows and heads of minds in memory. What was committed here is put in after the commit; what others committed is
 * noticed by a conflict, a batch or an announcement, and then read again.
 */
export class MindCache {
  private shards = new Map<number, Shard>();
  private size = 0;
  /** Counts the changes of records that were made here. */
  private changes = 0;
  private newsListener: (span: Span) => void = () => undefined;

  constructor(
    private readonly store: MindStore,
    private readonly shardCount: number,
    private readonly maxMinds = 200_000,
  ) {}

  shardOf(mind: string): number {
    return shardOf(mind, this.shardCount);
  }

  /**
   * Called with what the database has beyond what anybody is known to have announced: a commit whose answer was lost, or
   * that of a writer who died after it, or of one who never announces.
   */
  onNews(listener: (span: Span) => void): void {
    this.newsListener = listener;
  }

  /** A mind that is held with a head that is thought true. */
  peek(mind: string): MindState | undefined {
    const entry = this.shard(mind).minds.get(mind);
    return entry?.head ? { record: entry.record, head: entry.head } : undefined;
  }

  /** @throws AppError `unknown_mind`, `unavailable` */
  async state(mind: string): Promise<MindState> {
    const state = (await this.states([mind])).get(mind);
    if (!state) throw new AppError('unknown_mind', `there is no mind ${mind}`);
    return state;
  }

  /** Those of the minds that exist; what is not held is read in one statement. */
  async states(minds: readonly string[]): Promise<Map<string, MindState>> {
    const found = new Map<string, MindState>();
    for (const mind of minds) {
      const state = this.peek(mind);
      if (state) found.set(mind, state);
    }
    const missing = [...new Set(minds)].filter((mind) => !found.has(mind));
    if (missing.length === 0) return found;
    const shards = new Map(missing.map((mind) => [mind, this.shard(mind)]));
    const since = this.changes;
    for (const state of await this.store.states(missing)) {
      this.hold(state, shards.get(state.record.id), since);
      found.set(state.record.id, this.peek(state.record.id) ?? state);
    }
    return found;
  }

  /** A page of all minds of a shard in order of id; null when not all of them are held. */
  pageOfShard(shard: number, after: string, limit: number): MindState[] | null {
    const held = this.shards.get(shard);
    if (!held?.complete) return null;
    const ids = [...held.minds.keys()].filter((id) => id > after).sort();
    const page = ids.slice(0, limit).map((id) => this.peek(id));
    const known = page.filter((state) => state !== undefined);
    return known.length === page.length ? known : null;
  }

  /** Reads all minds of a shard, page by page; `onPage` is told what was read, which is not all held in the end. */
  async loadShard(
    shard: number,
    onPage: (states: readonly MindState[]) => void = () => undefined,
  ): Promise<void> {
    const into = this.shardAt(shard);
    const { evictions } = into;
    const limit = 1_000;
    let after = '';
    for (;;) {
      const since = this.changes;
      const states = await this.store.page({ shard, after, limit });
      for (const state of states) this.hold(state, into, since);
      onPage(states);
      after = states.at(-1)?.record.id ?? after;
      if (states.length < limit) break;
    }
    into.complete = into.evictions === evictions;
  }

  /** See {@link MindStore.newestSpans}. */
  newestSpans(...query: Parameters<MindStore['newestSpans']>): Promise<Span[]> {
    return this.store.newestSpans(...query);
  }

  /** The head after a commit of ours, or one that was read; never an older one. */
  advance(mind: string, head: ChainHead): void {
    const entry = this.shard(mind).minds.get(mind);
    if (!entry) return;
    if ((entry.head?.position ?? -1) < head.position) entry.head = head;
    entry.announcedTo = Math.max(entry.announcedTo, head.position);
  }

  setRecord(record: MindRecord): void {
    const entry = this.shard(record.id).minds.get(record.id);
    if (entry) this.change(entry, record);
  }

  /** After the commit of an import. */
  setImportedTo(mind: string, importedTo: number): void {
    const entry = this.shard(mind).minds.get(mind);
    if (entry) this.change(entry, { ...entry.record, importedTo });
  }

  /** A new mind: its shard stays complete. */
  add(state: MindState): void {
    this.hold(state, this.shard(state.record.id), this.changes);
  }

  /** A mind as the database has it now. @throws AppError `unknown_mind`, `unavailable` */
  async refresh(mind: string): Promise<MindState> {
    const shard = this.shard(mind);
    const since = this.changes;
    const [state] = await this.store.states([mind]);
    if (!state) throw new AppError('unknown_mind', `there is no mind ${mind}`);
    this.hold(state, shard, since);
    return state;
  }

  /** After the connection was lost nothing is certain. */
  dropHeads(): void {
    for (const { minds } of this.shards.values()) for (const entry of minds.values()) delete entry.head;
  }

  /** @param announcedTo What somebody else has announced or broadcast meanwhile. */
  dropHead(mind: string, announcedTo = 0): void {
    const entry = this.shard(mind).minds.get(mind);
    if (!entry) return;
    delete entry.head;
    entry.announcedTo = Math.max(entry.announcedTo, announcedTo);
  }

  /** Forgets a shard; loads of it that are under way go nowhere. */
  dropShard(shard: number): void {
    this.size -= this.shards.get(shard)?.minds.size ?? 0;
    this.shards.delete(shard);
  }

  private change(entry: Entry, record: MindRecord): void {
    entry.record = record;
    entry.changed = ++this.changes;
  }

  /**
   * @param into The shard as it was when the reading began.
   * @param since `changes` as it was then.
   */
  private hold({ record, head }: MindState, into: Shard | undefined, since: number): void {
    const shard = this.shard(record.id);
    if (shard !== into) return;
    const entry = shard.minds.get(record.id);
    if (entry) {
      if (entry.changed <= since) entry.record = record;
      if (!entry.head || entry.head.position < head.position) entry.head = head;
      return this.notice(record.id, entry, head.position);
    }
    if (this.size >= this.maxMinds) this.evict(shard);
    // A mind that a complete shard lacks was made by somebody else since, who may not have announced the last of it.
    const known = Math.max(record.importedTo, head.position - ANNOUNCED_EVENTS);
    const announcedTo = shard.complete ? Math.min(known, head.position) : head.position;
    const fresh: Entry = { record, changed: this.changes, head, announcedTo };
    shard.minds.set(record.id, fresh);
    this.size += 1;
    this.notice(record.id, fresh, head.position);
  }

  private notice(mind: string, entry: Entry, position: number): void {
    if (position <= entry.announcedTo) return;
    const span = { mind, from: entry.announcedTo + 1, to: position };
    entry.announcedTo = position;
    this.newsListener(span);
  }

  private evict(shard: Shard): void {
    const [oldest] = shard.minds.keys();
    shard.complete = false;
    shard.evictions += 1;
    if (oldest !== undefined && shard.minds.delete(oldest)) this.size -= 1;
  }

  private shard(mind: string): Shard {
    return this.shardAt(this.shardOf(mind));
  }

  private shardAt(number: number): Shard {
    const held = this.shards.get(number);
    if (held) return held;
    const fresh: Shard = { minds: new Map(), complete: false, evictions: 0 };
    this.shards.set(number, fresh);
    return fresh;
  }
}
