import { closeSync, openSync, writeSync } from 'node:fs';
import type { LedgerFile } from './ledger-file';
import type { Outcome } from './retrying-client';

export interface AppendInput {
  events: { id: string; kind: string; content: string; meta: Record<string, unknown> }[];
  expectedPosition?: number;
  /** An append that was acknowledged before, sent again. */
  again?: boolean;
}
export interface TurnInput {
  turnId: string;
  text: string;
}
export interface ReadInput {
  minPosition?: number;
  after?: number;
  status?: 'open';
  limit?: number;
}

type ReadKind = 'self-model' | 'commitments' | 'events' | 'reflections';

/** What a client may do, and with what. */
export type Deed =
  | { kind: 'append'; input: AppendInput }
  | { kind: 'turn'; input: TurnInput }
  | { kind: 'open'; input: { text: string } }
  | { kind: 'close'; input: { cid: string; evidence: number[] } }
  | { kind: 'snooze'; input: { cid: string; untilTick: number } }
  | { kind: 'tick'; input: object }
  | { kind: 'import'; input: { file: LedgerFile } }
  | { kind: 'name'; input: { name: string } }
  | { [K in ReadKind]: { kind: K; input: ReadInput } }[ReadKind];

/** One deed of a client, and what came of it. Times are milliseconds of one monotonic clock. */
export type Act = Deed & { mind: string; startedMs: number; endedMs: number; outcome: Outcome };
export type ActOf<K extends Deed['kind']> = Extract<Act, { kind: K }>;

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
