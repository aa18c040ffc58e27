import type { ImportReply, MindInfo, TickReply } from '#libs/contracts';
import { AppError, eventId } from '#libs/kernel';
import { ownExport } from '../../support/own-export';
import type { Random } from '../world/random';
import { EPOCH_MS, type Scheduler } from '../world/scheduler';
import type { World } from '../world/world';
import { lived } from './before';
import type { Client } from './client';
import type { Filled } from './history';
import type { BirthPlan, Plan } from './plan';

/** Times that somebody sends a whole file again. */
const IMPORTS = 100;
/** Of these, times that he may lose interest in the middle of it. */
const MOODY = 3;

const STAYS = 'a mind stays in the archive, or out of it, until it is asked for otherwise';

interface Sending {
  mind: string;
  session: string;
  lines: string[];
  isMoody: boolean;
}

/** Minds that are made, filled from a file, and archived for a while, as a gateway has it done. */
export class Lives {
  constructor(
    private readonly client: Client,
    private readonly random: Random,
    private readonly plan: Plan,
    private readonly world: World,
  ) {}

  begin(): void {
    const { busyMs, births, resting } = this.plan;
    for (const birth of births) {
      const at = this.random.between(300, busyMs / 2);
      this.client.later(at, `birth of ${birth.id}`, () => this.birth(birth));
    }
    for (const mind of resting) {
      const at = this.random.between(1_000, busyMs);
      this.client.later(at, `rest of ${mind}`, () => this.rests(mind));
    }
  }

  private async birth({ id: mind, tickIntervalMs, imports }: BirthPlan): Promise<void> {
    try {
      const settings = tickIntervalMs === null ? {} : { tickIntervalMs };
      await this.client.ask<MindInfo>('event-log', 'create', { mind, ...settings });
    } catch (error) {
      // Whose first request had no answer may have made it all the same.
      if (!(error instanceof AppError) || error.code !== 'mind_exists') throw error;
    }
    this.client.history.created.push(mind);
    const info = await this.client.ask<MindInfo>('event-log', 'get', { mind });
    if (info.id !== mind) this.world.violated('a mind that was made is known', mind);
    if (imports > 0) await this.fill(mind, imports);
  }

  /** Who does not hear of the end of an import sends the file again, and is then told that the mind has events. */
  private async fill(mind: string, events: number): Promise<void> {
    const { lines, ids } = ownExport(EPOCH_MS - 60_000, (origin) =>
      Array.from({ length: events }, (_, n) => lived(origin, n)),
    );
    const filled: Filled = { mind, ids };
    this.client.history.files.push(filled);
    for (let time = 0; time < IMPORTS; time++) {
      try {
        const session = eventId(mind, 'import', time);
        const reply = await this.send({ mind, session, lines, isMoody: time < MOODY });
        if (reply.headHash !== undefined) filled.headHash = reply.headHash;
        return;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'version_conflict' && this.world.database.log(mind).length === 0)
          this.world.violated('an import is not refused without reason', `${mind}: ${error.message}`);
        if (!error.retryable) throw error;
        await this.scheduler.wait(this.random.between(50, 2_000));
      }
    }
    this.world.violated('every request has an answer', `the import into ${mind}`);
  }

  /** Piece by piece; in the middle, its sender may lose interest, and say so or not. */
  private async send({ mind, session, lines, isMoody }: Sending): Promise<ImportReply> {
    const size = this.random.whole(1, lines.length);
    let reply: ImportReply = { events: 0, done: false };
    for (let seq = 0; seq * size < lines.length; seq++) {
      const text = lines.slice(seq * size, (seq + 1) * size).join('');
      const last = (seq + 1) * size >= lines.length;
      if (isMoody && seq > 0 && this.random.chance(0.1)) await this.leave(mind, session, seq);
      reply = await this.client.ask('event-log', 'import', { mind, session, seq, text, last }, () => true);
      await this.scheduler.wait(this.random.between(0, 300));
    }
    return reply;
  }

  private async leave(mind: string, session: string, seq: number): Promise<never> {
    const request = { mind, session, seq, text: '', abort: true };
    if (this.random.chance(0.7)) await this.client.ask('event-log', 'import', request, () => true);
    throw new AppError('unavailable', `the sender of ${session} has left`);
  }

  /** Goes to rest and comes back a few times, some of them at once. */
  private async rests(mind: string): Promise<void> {
    // Who asks for the rest of a mind before it is there may be heard after it was made.
    const { created } = this.client.history;
    const isThere = () => created.includes(mind) || this.plan.minds.some(({ id }) => id === mind);
    for (let round = 0; round < 60 && !isThere(); round++) await this.scheduler.wait(500);
    if (!isThere()) return;
    const times = this.random.whole(1, 10);
    for (let time = 0; time < times; time++) await this.rest(mind, time);
    this.client.history.rested.push(mind);
  }

  private async rest(mind: string, time: number): Promise<void> {
    await this.client.ask<MindInfo>('event-log', 'archive', { mind, archived: true, key: `rest-${time}` });
    await this.beRefused(mind, `${time} at first`);
    await this.staysSo(mind, true);
    await this.beRefused(mind, `${time} still`);
    await this.client.ask<MindInfo>('event-log', 'archive', { mind, archived: false, key: `rest-${time}` });
    await this.staysSo(mind, false);
    await this.client.ask<TickReply>('tick-coordinator', 'wake', { mind });
  }

  private async staysSo(mind: string, archived: boolean): Promise<void> {
    await this.scheduler.wait(this.random.pick([0, 20, 200, 800]));
    const isSo = this.world.database.isArchived(mind);
    if (isSo !== archived) this.world.violated(STAYS, `${mind}: archived is ${isSo}`);
  }

  private async beRefused(mind: string, when: string): Promise<void> {
    const id = eventId(mind, 'client', 'at rest', when);
    try {
      const { to } = await this.client.append(mind, [{ id, kind: 'x.note', content: 'at rest', meta: {} }]);
      this.world.violated('an archived mind takes nothing in', `${mind} #${to}`);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'forbidden') throw error;
    }
  }

  private get scheduler(): Scheduler {
    return this.world.scheduler;
  }
}
