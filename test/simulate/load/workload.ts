import type { AdoptReply, NewEvent, OpenReply, ServiceName, TickReply, TurnReply } from '#libs/contracts';
import { AppError, commitmentId, draft, eventId } from '#libs/kernel';
import type { StatefulService } from '#libs/mind';
import type { Random } from '../world/random';
import { EPOCH_MS, type Scheduler } from '../world/scheduler';
import type { Client } from './client';
import type { Plan } from './plan';

export const NAMES = ['Nova', 'Vega', 'Lyra', 'Orion'] as const;
const TEXTS = [
  'Hello there',
  'Promise me to water the plants',
  'Remember that the kettle is red',
  'From now on, answer briefly',
  'What have you promised?',
  'Choose yourself a name',
  'See [#999999], which does not exist',
  'What do you remember about the kettle?',
] as const;

type Operation = [weight: number, needs: ServiceName | null, run: (mind: string, n: number) => Promise<void>];

/** What clients of a run do. Every operation is safe to repeat, and is repeated until it has an answer. */
export class Workload {
  private readonly operations: Record<string, Operation>;

  constructor(
    private readonly client: Client,
    private readonly random: Random,
    private readonly plan: Plan,
    private readonly scheduler: Scheduler,
  ) {
    this.operations = {
      note: [4, null, (mind, n) => this.note(mind, n)],
      'note at a position': [2, null, (mind, n) => this.noteAt(mind, n)],
      repeat: [2, null, () => this.repeat()],
      exchange: [3, null, (mind, n) => this.exchange(mind, n)],
      turn: [5, 'conversation', (mind, n) => this.turn(mind, n)],
      open: [3, 'commitment', (mind, n) => this.open(mind, n)],
      'open plainly': [2, null, (mind, n) => this.openPlainly(mind, n)],
      close: [2, 'commitment', (mind, n) => this.close(mind, n)],
      snooze: [1, 'commitment', (mind, n) => this.snooze(mind, n)],
      adopt: [2, 'projection', (mind, n) => this.adopt(mind, n)],
      'adopt plainly': [1, null, (mind, n) => this.adoptPlainly(mind, n)],
      tick: [4, null, (mind, n) => this.tick(mind, `tick-${n}`)],
      reflect: [1, 'reflection', (mind, n) => this.reflect(mind, n)],
      read: [4, null, (mind) => this.read(mind)],
    };
  }

  /** Spreads operations over the busy time. */
  begin(): void {
    const possible = Object.entries(this.operations).filter(
      ([, [, needs]]) => needs === null || this.has(needs),
    );
    const bag = possible.flatMap(([name, [weight]]) => Array.from({ length: weight }, () => name));
    const minds = [...this.plan.minds, ...this.plan.births];
    for (let n = 0; n < this.plan.operations; n++) {
      const name = this.random.pick(bag);
      const mind = this.random.pick(minds).id;
      const run = this.operations[name]?.[2];
      const at = this.random.between(600, this.plan.busyMs);
      if (run) this.client.later(at, `${name} ${mind} #${n}`, () => run(mind, n));
    }
  }

  /** @param key Of this request: it ticks once, however often it is sent. */
  async tick(mind: string, key: string): Promise<void> {
    const { ticks } = this.client.history;
    const after = Math.max(0, ...ticks.filter((other) => other.mind === mind).map(({ tick }) => tick));
    const reply = await this.client.ask<TickReply>('tick-coordinator', 'tick', { mind, key });
    ticks.push({ mind, after, ...reply });
  }

  private has(service: ServiceName): boolean {
    return this.plan.members.some((other) => other.service === service);
  }

  private async note(mind: string, n: number): Promise<void> {
    await this.client.append(mind, notes(mind, n, this.random.whole(1, 4)));
  }

  private async noteAt(mind: string, n: number): Promise<void> {
    const last = this.client.history.acknowledged.filter((other) => other.mind === mind).at(-1);
    await this.client.append(mind, notes(mind, n, 1), last?.reply.to ?? this.random.whole(0, 3));
  }

  /** The same events again must get the first answer. */
  private async repeat(): Promise<void> {
    const { acknowledged } = this.client.history;
    if (acknowledged.length === 0) return;
    const { mind, ids } = this.random.pick(acknowledged.filter(({ ids: [id] }) => id !== undefined));
    const events = this.sent.get(ids.join());
    if (events) await this.client.append(mind, events);
  }

  /** What was appended plainly, by ids. */
  private readonly sent = new Map<string, NewEvent[]>();

  private async plainly(mind: string, events: NewEvent[]): Promise<void> {
    this.sent.set(events.map(({ id }) => id).join(), events);
    await this.client.append(mind, events);
  }

  private async exchange(mind: string, n: number): Promise<void> {
    const turnId = `plain-${n}`;
    const meta = { turnId, provider: 'echo', model: 'echo-1', contextPosition: 1, promptDigest: '' };
    await this.plainly(mind, [
      { id: eventId(mind, turnId, 'user'), ...draft('user_message', { turnId }, this.random.pick(TEXTS)) },
      {
        id: eventId(mind, turnId, 'outcome'),
        ...draft('assistant_message', meta, `identity ${n} is my name`),
      },
    ]);
  }

  private async turn(mind: string, n: number): Promise<void> {
    const turn = { mind, turnId: `turn-${n}`, text: this.random.pick(TEXTS) };
    const ended = ({ retryable, code }: AppError) => !retryable || code.startsWith('model_');
    try {
      const reply = await this.client.ask<TurnReply>('conversation', 'turn', turn, ended);
      this.client.history.turns.push({ mind, turnId: turn.turnId, reply: reply.positions.reply });
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('model_')) {
        if (this.isNotThere(mind, error)) this.client.history.refused.add(turn.turnId);
        throw error;
      }
      this.client.history.turns.push({ mind, turnId: turn.turnId, reply: null });
    }
  }

  /** At rest, or not born yet: another owner of its shard may take the turn all the same, a little later. */
  private isNotThere(mind: string, error: unknown): boolean {
    const code = error instanceof AppError ? error.code : undefined;
    if (code === 'unknown_mind') return this.plan.births.some(({ id }) => id === mind);
    return code === 'forbidden' && this.plan.resting.includes(mind);
  }

  private async open(mind: string, n: number): Promise<void> {
    const due = new Date(EPOCH_MS + Math.round(this.scheduler.now) + this.random.whole(500, 20_000));
    const more = this.random.pick([{}, { dueAt: due.toISOString() }, { ttlTicks: 2 }, { project: 'house' }]);
    const text = `${this.random.pick(NAMES)} must do task ${this.random.whole(1, 12)}`;
    const reply = await this.client.ask<OpenReply>('commitment', 'open', {
      mind,
      text,
      key: `open-${n}`,
      ...more,
    });
    this.client.history.opened.push({ mind, ...reply });
  }

  private async openPlainly(mind: string, n: number): Promise<void> {
    const id = eventId(mind, 'client', 'open', n);
    const meta = { cid: commitmentId(mind, id), source: 'user' } as const;
    await this.plainly(mind, [
      { id, ...draft('commitment_open', meta, `Remind ${this.random.pick(NAMES)} of thing ${n}`) },
    ]);
    this.client.history.opened.push({ mind, cid: meta.cid, position: 0, existing: false });
  }

  private async close(mind: string, n: number): Promise<void> {
    const opened = this.client.history.opened.filter((other) => other.mind === mind);
    if (opened.length === 0) return this.note(mind, n);
    const { cid } = this.random.pick(opened);
    const { to } = await this.client.append(mind, notes(mind, n, 1));
    await this.client.ask('commitment', 'close', { mind, cid, evidence: [to], key: `close-${n}` });
  }

  private async snooze(mind: string, n: number): Promise<void> {
    const opened = this.client.history.opened.filter((other) => other.mind === mind);
    if (opened.length === 0) return;
    const { cid } = this.random.pick(opened);
    const request = { mind, cid, untilTick: this.random.whole(1, 6), key: `snooze-${n}` };
    await this.client.ask('commitment', 'snooze', request);
  }

  private async adopt(mind: string, n: number): Promise<void> {
    const request = { mind, name: this.random.pick(NAMES), key: `adopt-${n}` };
    await this.client.ask<AdoptReply>('projection', 'adopt', request);
  }

  private async adoptPlainly(mind: string, n: number): Promise<void> {
    const meta = { name: this.random.pick(NAMES), source: 'user', confidence: 1 } as const;
    await this.plainly(mind, [{ id: eventId(mind, 'client', 'adopt', n), ...draft('identity_adopt', meta) }]);
  }

  private async reflect(mind: string, n: number): Promise<void> {
    await this.client.ask('reflection', 'request', { mind, key: `reflect-${n}` });
  }

  private async read(mind: string): Promise<void> {
    const services = this.plan.members.map(({ service }) => service).slice(2) as StatefulService[];
    const last = this.client.history.acknowledged.filter((other) => other.mind === mind).at(-1);
    const minPosition = last && this.random.chance(0.7) ? last.reply.to : undefined;
    await this.client.see(this.random.pick(services), 'state', { mind, minPosition });
  }
}

function notes(mind: string, n: number, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    id: eventId(mind, 'client', 'note', n, i),
    ...{ kind: 'x.note', content: `note ${n}.${i}`, meta: {} },
  }));
}
