import { setTimeout as pause } from 'node:timers/promises';
import { checkNewEvent } from '#libs/kernel';
import { chainEvents, EMPTY_HEAD, eventLine } from '../../../services/event-log/src/core/chain.core';
import { exportLine } from '../../../services/event-log/src/core/export-line.core';
import type { Random } from '../random';

const EVENTS = 1_500;
const TICK_EVERY = 100;
const PIECES = 8;
const LONGEST_PAUSE_MS = 500;
const ORIGIN = 'origin';
const LIVED_MS = 24 * 3_600_000;

/** An export of a mind that lived elsewhere. In a history it stands as how many events it has. */
export class LedgerFile {
  readonly ids: string[];
  readonly #lines: string[];

  constructor(private readonly random: Random) {
    const past = Array.from({ length: EVENTS }, (_, n) => checkNewEvent(this.#lived(n)));
    const events = chainEvents(ORIGIN, EMPTY_HEAD, past, Date.now() - LIVED_MS);
    const end = exportLine({ mind: ORIGIN, events: EVENTS, headHash: events.at(-1)?.hash ?? null });
    this.ids = events.map(({ id }) => id);
    this.#lines = [...events.map(eventLine), end].map((line) => `${line}\n`);
  }

  /** Its text as it streams in, slowly enough for faults to strike meanwhile. */
  async *upload(): AsyncGenerator<Uint8Array> {
    const size = Math.ceil(this.#lines.length / PIECES);
    for (let at = 0; at < this.#lines.length; at += size) {
      yield Buffer.from(this.#lines.slice(at, at + size).join(''));
      await pause(this.random.between(0, LONGEST_PAUSE_MS));
    }
  }

  toJSON(): object {
    return { events: this.ids.length };
  }

  #lived(n: number) {
    const id = this.random.uuid();
    if (n % TICK_EVERY !== 0) return { id, kind: 'x.lived', content: `note ${n} ü`, meta: { n } };
    const meta = { tick: n / TICK_EVERY + 1, reason: 'heartbeat' };
    return { id, kind: 'autonomy_tick', content: '', meta };
  }
}
