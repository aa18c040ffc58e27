import { setTimeout as pause } from 'node:timers/promises';
import { ownExport } from '#test/support/own-export';
import type { Random } from '../random';
import type { ImportFile } from './acts';

const EVENTS = 1_500;
const TICK_EVERY = 100;
const PIECES = 8;
const LONGEST_PAUSE_MS = 500;
const LIVED_MS = 24 * 3_600_000;

/** An export of a mind that lived elsewhere. In a history it stands as how many events it has. */
export class LedgerFile implements ImportFile {
  readonly ids: string[];
  readonly #lines: string[];

  constructor(private readonly random: Random) {
    const { lines, ids } = ownExport(Date.now() - LIVED_MS, () =>
      Array.from({ length: EVENTS }, (_, n) => this.#lived(n)),
    );
    this.ids = ids;
    this.#lines = lines;
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
