import { closeSync, openSync, writeSync } from 'node:fs';
import type { Act, ActOf, Deed } from './acts';

/** All that the clients of one run did; every line also goes to a file, so that a violation can be looked at. */
export class History {
  readonly acts: Act[] = [];
  readonly notes: string[] = [];
  readonly #file: number;

  constructor(readonly path: string) {
    this.#file = openSync(path, 'w');
  }

  add(act: Act): void {
    this.acts.push(act);
    this.#write(act);
  }

  /** A fault, or anything else worth a line. */
  note(text: string): void {
    const atMs = Math.round(performance.now());
    this.notes.push(`${atMs} ms: ${text}`);
    this.#write({ note: text, atMs, at: new Date().toISOString() });
  }

  of<K extends Deed['kind']>(...kinds: K[]): ActOf<K>[] {
    return this.acts.filter((act): act is ActOf<K> => (kinds as string[]).includes(act.kind));
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}
