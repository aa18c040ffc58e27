import type {
  AppendReply,
  AppendRequest,
  Batch,
  GatherReply,
  GatherRequest,
  HeadsReply,
  HeadsRequest,
  JsonObject,
  MindEvent,
  MindInfo,
  NewEvent,
  ReadReply,
  ReadRequest,
} from '#libs/contracts';
import { AppError, canonicalJson, eventId, sha256 } from '#libs/kernel';
import type { LogPort } from '../app/ports';

type Verb = 'append' | 'gather' | 'read' | 'heads' | 'mind';

/** A log in memory whose clock is the test's. */
export class TestLog implements LogPort {
  readonly minds = new Map<string, MindEvent[]>();
  readonly gathers: GatherRequest[] = [];
  readonly calls: Verb[] = [];
  readonly archived = new Set<string>();
  readonly intervals = new Map<string, number>();
  importedTo = 0;
  /** Events that fit into one gather. */
  room = Infinity;
  /** Called after each commit. */
  onCommit: () => void = () => undefined;
  /** Awaited before each call is carried out; it may throw. */
  before: (verb: Verb, mind?: string) => Promise<void> | void = () => undefined;

  put(mind: string, kind: string, meta: JsonObject = {}, at = Date.now()): MindEvent {
    return this.add(
      mind,
      { id: eventId(mind, 'test', this.events(mind).length, kind), kind, content: '', meta },
      at,
    );
  }

  events(mind: string): MindEvent[] {
    const events = this.minds.get(mind) ?? [];
    this.minds.set(mind, events);
    return events;
  }

  ticks(mind: string): { tick: number; reason: string; at: number }[] {
    return this.events(mind)
      .filter(({ kind }) => kind === 'autonomy_tick')
      .map(({ meta, at }) => ({ tick: Number(meta.tick), reason: String(meta.reason), at: Date.parse(at) }));
  }

  async gather(_shard: number, request: GatherRequest): Promise<GatherReply> {
    this.gathers.push(request);
    await this.enter('gather');
    let room = this.room;
    const known = request.ranges.filter(({ mind }) => this.minds.has(mind));
    const minds = known.map(({ mind, after }) => {
      const events = this.events(mind).slice(after, after + Math.max(0, room));
      room -= events.length;
      return { mind, events, head: this.head(mind), prevHash: null, importedTo: this.importedTo };
    });
    return { minds };
  }

  async read({ mind, after = 0, limit = 1_000, kinds, order }: ReadRequest): Promise<ReadReply> {
    await this.enter('read', mind);
    const ofKinds = this.events(mind).filter(({ kind }) => !kinds || kinds.includes(kind));
    const wanted = order === 'desc' ? ofKinds.reverse() : ofKinds.filter(({ position }) => position > after);
    return { events: wanted.slice(0, limit), head: this.head(mind), importedTo: this.importedTo };
  }

  async append({ mind, events, expectedPosition }: AppendRequest): Promise<AppendReply> {
    await this.enter('append', mind);
    const [event] = events as NewEvent[];
    const there = this.events(mind).find(({ id }) => id === event?.id);
    if (there && canonicalJson(there.meta) !== canonicalJson(event?.meta))
      throw new AppError('id_conflict', 'another meta');
    if (!event) throw new AppError('invalid_request', 'no event');
    if (this.archived.has(mind)) throw new AppError('forbidden', 'archived');
    const head = this.head(mind);
    if (!there && expectedPosition !== undefined && expectedPosition !== head.position)
      throw new AppError('version_conflict', 'elsewhere', { head });
    const { position, hash } = there ?? this.add(mind, event, Date.now());
    return { from: position, to: position, headHash: hash, duplicate: there !== undefined };
  }

  async heads({ activeSince, after = '' }: HeadsRequest): Promise<HeadsReply> {
    await this.enter('heads');
    const found = [...this.minds.keys()].sort().filter((mind) => {
      const last = this.events(mind).at(-1);
      return mind > after && last && (!activeSince || last.at >= activeSince);
    });
    const heads = found.slice(0, 10).map((mind) => {
      const { position, hash } = this.head(mind);
      return { mind, position, hash: hash ?? '' };
    });
    return found.length > 10 ? { heads, next: heads.at(-1)?.mind } : { heads };
  }

  async mind(mind: string): Promise<MindInfo> {
    await this.enter('mind', mind);
    if (!this.minds.has(mind)) throw new AppError('unknown_mind', `no mind ${mind}`);
    return {
      id: mind,
      createdAt: '2026-01-01T00:00:00.000Z',
      tickIntervalMs: this.intervals.get(mind) ?? null,
      provider: null,
      model: null,
      archivedAt: this.archived.has(mind) ? '2026-01-01T00:00:00.000Z' : null,
      importedTo: this.importedTo,
      head: this.head(mind),
    };
  }

  private head(mind: string) {
    const last = this.events(mind).at(-1);
    return { position: last?.position ?? 0, hash: last?.hash ?? null };
  }

  private async enter(verb: Verb, mind?: string): Promise<void> {
    this.calls.push(verb);
    await this.before(verb, mind);
  }

  private add(mind: string, event: NewEvent, at: number): MindEvent {
    const events = this.events(mind);
    const last = events.at(-1);
    const position = (last?.position ?? 0) + 1;
    const { hash: prevHash = null } = last ?? {};
    const added = {
      ...event,
      mind,
      position,
      version: 1,
      at: new Date(at).toISOString(),
      prevHash,
      hash: sha256(`${mind}/${position}/${event.id}`),
    };
    events.push(added);
    this.onCommit();
    return added;
  }
}

/** Keeps what was broadcast. */
export class TestBroadcast {
  readonly batches: Batch[] = [];

  publish(_shard: number, batch: Batch): void {
    this.batches.push(batch);
  }

  spans(): string[] {
    return this.batches.map(({ mind, from, to }) => `${mind} ${from}-${to}`);
  }
}
