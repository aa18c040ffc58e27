import type { JsonObject, Kind, MetaOf, MindEvent, NewEvent } from '#libs/contracts';
import { checkNewEvent, decided, draft, eventId, type Draft, type Fold, type Rule } from '#libs/kernel';

export const LIFE_START_MS = Date.UTC(2026, 0, 1);
const SECOND_MS = 1_000;

/** Writes a log event by event and folds it: given-when-then for folds and rules. Time passes only where it is told. */
export class Life<S extends object> {
  readonly events: MindEvent[] = [];
  state: S;
  nowMs = LIFE_START_MS;
  private ticksSoFar = 0;

  constructor(
    readonly fold: Fold<S>,
    readonly rules: readonly Rule<S>[] = [],
    readonly mind = 'ada',
  ) {
    this.state = fold.initialState();
  }

  get position(): number {
    return this.events.length;
  }

  wait(seconds: number): this {
    this.nowMs += seconds * SECOND_MS;
    return this;
  }

  /** An event of our own, as the registry accepts it. */
  add<K extends Kind>(kind: K, meta: MetaOf<K>, content = ''): MindEvent {
    const made = draft(kind, meta, content);
    checkNewEvent({ ...made, id: 'e' });
    return this.put(made);
  }

  /** An event that an import of an original ledger brought. */
  imported(kind: string, meta: JsonObject = {}, content = ''): MindEvent {
    if (kind === 'autonomy_tick') this.ticksSoFar++;
    return this.put({ kind, content, meta: { ...meta, legacy: { id: this.position + 1 } } });
  }

  /** Ticks, one a second unless told otherwise; returns what is decided at the last one. */
  tick(count = 1): Draft[] {
    let last: Draft[] = [];
    for (let n = 0; n < count; n++) {
      this.add('autonomy_tick', { tick: ++this.ticksSoFar, reason: 'heartbeat' });
      last = this.decide();
    }
    return last;
  }

  /** What the rules decide because of the last event. */
  decide(...only: string[]): Draft[] {
    return this.decisions(...only).flatMap(({ drafts }) => drafts);
  }

  decisions(...only: string[]) {
    const event = this.events.at(-1);
    if (!event) return [];
    return this.rules
      .filter(({ name, kinds }) => kinds.includes(event.kind) && (only.length === 0 || only.includes(name)))
      .flatMap((rule) => rule.decide(this.state, event));
  }

  /** Appends drafts, as the log would. */
  append(drafts: readonly Draft[]): void {
    for (const one of drafts) this.put(one);
  }

  turn(text = 'hello', reply = 'I hear you.'): void {
    const turnId = `turn-${this.position}`;
    this.add('user_message', { turnId }, text);
    this.reply(turnId, reply);
  }

  reply(turnId: string, text = 'I hear you.'): MindEvent {
    const contextPosition = Math.max(1, this.position);
    const meta = { turnId, provider: 'echo', model: 'echo', contextPosition, promptDigest: 'd' };
    return this.add('assistant_message', meta, text);
  }

  reflect(text = 'I looked back at what was said.\nIt was good.', meta: Partial<MetaOf<'reflection'>> = {}) {
    const range = { from: 1, to: Math.max(1, this.position) };
    const by = { provider: 'echo', model: 'echo', overlap: 0 };
    return this.add('reflection', { trigger: 'cadence', style: 'succinct', ...range, ...by, ...meta }, text);
  }

  reject(reason: MetaOf<'reflection_rejected'>['reason'] = 'overlap'): MindEvent {
    return this.add('reflection_rejected', { trigger: 'cadence', style: 'succinct', reason });
  }

  open(cid: string, text = `do ${cid}`, meta: Partial<MetaOf<'commitment_open'>> = {}): MindEvent {
    return this.add('commitment_open', { cid, source: 'api', ...meta }, text);
  }

  close(cid: string, outcome: 'done' | 'dropped' = 'done'): MindEvent {
    return this.add('commitment_close', { cid, evidence: [Math.max(1, this.position)], outcome });
  }

  adopt(name: string, confidence = 1): MindEvent {
    return this.add('identity_adopt', { name, source: 'api', confidence });
  }

  private put({ kind, content, meta }: Draft): MindEvent {
    const position = this.position + 1;
    const event: MindEvent = {
      ...{ mind: this.mind, position, id: eventId(this.mind, 'life', position), kind, version: 1 },
      ...{ at: new Date(this.nowMs).toISOString(), content, meta, prevHash: null, hash: '' },
    };
    this.events.push(event);
    this.state = this.fold.evolve(this.state, event);
    this.nowMs += SECOND_MS;
    return event;
  }
}

/** The ids that decisions get, to see which of them are the same. */
export const idsOf = (
  mind: string,
  service: string,
  rule: string,
  decisions: Parameters<typeof decided>[3][],
): string[] =>
  decisions.flatMap((decision) => decided(mind, service, rule, decision)).map(({ id }: NewEvent) => id);
