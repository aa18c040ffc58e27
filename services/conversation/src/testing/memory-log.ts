import type {
  AppendReply,
  AppendRequest,
  IdsReply,
  IdsRequest,
  MindEvent,
  MindInfo,
  NewEvent,
} from '#libs/contracts';
import { AppError, canonicalJson, checkNewEvent, hashEvent } from '#libs/kernel';
import type { LogPort } from '../app/ports';

/** A log in memory that keeps the promises of event-log: ids, expected positions, all or nothing, the registry. */
export class MemoryLog implements LogPort {
  readonly events: MindEvent[] = [];
  archivedAt: string | null = null;
  model: { provider: string; model: string } | null = null;
  /** Event time in milliseconds; moves by one second an append. */
  nowMs = Date.parse('2026-01-01T00:00:00.000Z');

  constructor(readonly id = 'ada') {}

  mind(mind: string): Promise<MindInfo> {
    if (mind !== this.id) return Promise.reject(new AppError('unknown_mind', `no mind ${mind}`));
    return Promise.resolve({
      id: mind,
      createdAt: new Date(0).toISOString(),
      tickIntervalMs: null,
      provider: this.model?.provider ?? null,
      model: this.model?.model ?? null,
      archivedAt: this.archivedAt,
      importedTo: 0,
      head: this.head(),
    });
  }

  append(request: AppendRequest): Promise<AppendReply> {
    try {
      return Promise.resolve(this.appendNow(request));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  byIds({ ids }: IdsRequest): Promise<IdsReply> {
    const events = this.events.filter(({ id }) => ids.includes(id)).map((event) => structuredClone(event));
    return Promise.resolve({ events, head: this.head() });
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind);
  }

  of(kind: string): MindEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }

  private head() {
    const last = this.events.at(-1);
    return { position: last?.position ?? 0, hash: last?.hash ?? null };
  }

  private appendNow({ mind, events, expectedPosition }: AppendRequest): AppendReply {
    if (mind !== this.id) throw new AppError('unknown_mind', `no mind ${mind}`);
    const wire = JSON.parse(JSON.stringify(events)) as NewEvent[];
    const checked = wire.map((event) => checkNewEvent(event));
    const known = this.knownAlready(wire);
    if (known) return known;
    const head = this.head();
    if (expectedPosition !== undefined && expectedPosition !== head.position) {
      throw new AppError('version_conflict', `the head is at ${head.position}`, { head });
    }
    this.nowMs += 1_000;
    for (const event of checked) this.push(event);
    return {
      from: head.position + 1,
      to: this.events.length,
      headHash: this.head().hash ?? '',
      duplicate: false,
    };
  }

  /** The first answer when exactly these events are in the log. */
  private knownAlready(events: NewEvent[]): AppendReply | null {
    const found = events.map(({ id }) => this.events.find((event) => event.id === id));
    if (found.every((event) => event === undefined)) return null;
    const from = found[0]?.position ?? 0;
    const same = found.every((event, n) => event?.position === from + n && sameEvent(event, events[n]));
    if (!same) throw new AppError('id_conflict', 'other events have these ids', { head: this.head() });
    const last = found.at(-1) as MindEvent;
    return { from, to: last.position, headHash: last.hash, duplicate: true };
  }

  private push({ id, kind, content, meta, version }: NewEvent & { version: number }): void {
    const head = this.head();
    const event = {
      mind: this.id,
      position: head.position + 1,
      id,
      kind,
      version,
      at: new Date(this.nowMs).toISOString(),
      content,
      meta,
      prevHash: head.hash,
    };
    this.events.push({ ...event, hash: hashEvent(event) });
  }
}

const sameEvent = (event: MindEvent, other: NewEvent | undefined): boolean =>
  event.kind === other?.kind &&
  event.content === other.content &&
  canonicalJson(event.meta) === canonicalJson(other.meta);
