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

/** A file that is imported: the ids of its events in order, and its text as it streams in. */
export interface ImportFile {
  readonly ids: readonly string[];
  upload(): AsyncIterable<Uint8Array>;
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
  | { kind: 'import'; input: { file: ImportFile } }
  | { kind: 'name'; input: { name: string } }
  | { [K in ReadKind]: { kind: K; input: ReadInput } }[ReadKind];

/** One deed of a client, and what came of it. Times are milliseconds of one monotonic clock. */
export type Act = Deed & { mind: string; startedMs: number; endedMs: number; outcome: Outcome };
export type ActOf<K extends Deed['kind']> = Extract<Act, { kind: K }>;
