import fc from 'fast-check';
import type { JsonObject, MindEvent } from '#libs/contracts';
import { eventId, hashEvent } from '#libs/kernel';
import { IMPORTED_ACTS } from './imported-acts';
import { OWN_ACTS } from './own-acts';

/** One random choice of a log: what happens, how long after the event before, and numbers that the rest follows from. */
export interface Act {
  what: number;
  gap: number;
  picks: [number, number, number];
}

/** What an event may refer to while a log is written. */
export interface LogSoFar {
  /** Position of the event that is being written. */
  position: number;
  at: string;
  tick: number;
  cids: string[];
  /** Due times that commitments were opened with. */
  dues: { cid: string; dueAt: string }[];
  turns: string[];
  reflections: number[];
}

/** An event before it has a place in the log. */
export interface Happening {
  kind: string;
  content: string;
  meta: JsonObject;
}

/** The n-th of some values, counted round. */
export const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;

const START_MS = Date.UTC(2026, 0, 1);
const GAPS_MS = [0, 1, 5_000, 10_000, 10_000, 10_000, 25_000, 61_000, 601_000, 30 * 3_600_000, 80 * 3_600_000];

/** Writes a log: `imported` acts of an original ledger first, then our own. Its chain is valid. */
export function writeLog(mind: string, imported: readonly Act[], own: readonly Act[]): MindEvent[] {
  const soFar: LogSoFar = { position: 0, at: '', tick: 0, cids: [], dues: [], turns: [], reflections: [] };
  const events: MindEvent[] = [];
  let atMs = START_MS;
  const write = (act: Act, happen: (log: LogSoFar, picks: Act['picks']) => Happening) => {
    atMs += pick(GAPS_MS, act.gap);
    soFar.position++;
    soFar.at = new Date(atMs).toISOString();
    events.push(chained(mind, soFar, happen(soFar, act.picks), events.at(-1)));
  };
  for (const act of imported) write(act, pick(IMPORTED_ACTS, act.what));
  for (const act of own) write(act, pick(OWN_ACTS, act.what));
  return events;
}

/** The event that follows another one. */
export function chained(
  mind: string,
  { position, at }: Pick<LogSoFar, 'position' | 'at'>,
  { kind, content, meta }: Happening,
  previous: MindEvent | undefined,
): MindEvent {
  const id = eventId(mind, 'generated', position);
  const event = { mind, position, id, kind, version: 1, at, content, meta, prevHash: previous?.hash ?? null };
  return { ...event, hash: hashEvent(event) };
}

const act: fc.Arbitrary<Act> = fc.record({
  what: fc.nat(997),
  gap: fc.nat(GAPS_MS.length - 1),
  picks: fc.tuple(fc.nat(97), fc.nat(97), fc.nat(97)),
});

export interface LogOptions {
  mind?: string;
  /** 60, as the laws want it. */
  maxEvents?: number;
  /** Without events of an original ledger. */
  ownOnly?: boolean;
}

/** Logs of all kinds of events, with a part of an original ledger at the beginning of one in three. */
export function arbitraryLog({
  mind = 'mind-a',
  maxEvents = 60,
  ownOnly = false,
}: LogOptions = {}): fc.Arbitrary<MindEvent[]> {
  const acts = fc.array(act, { maxLength: maxEvents, size: 'max' });
  const importedShare = ownOnly ? fc.constant(0) : fc.constantFrom(0, 0, 0.4);
  return fc.tuple(acts, importedShare).map(([all, share]) => {
    const cut = Math.floor(all.length * share);
    return writeLog(mind, all.slice(0, cut), all.slice(cut));
  });
}

/** How many cases a law tries: `PMM_LAW_CASES`, else 10,000 in CI and 1,000 elsewhere. A failure tells its seed. */
export function lawOptions(): { numRuns: number; seed: number } {
  const usual = process.env['CI'] === 'true' ? 10_000 : 1_000;
  const numRuns = Number(process.env['PMM_LAW_CASES'] ?? usual);
  const seed = Number(process.env['PMM_LAW_SEED'] ?? Date.now() % 2 ** 31);
  process.stdout.write(`law: ${numRuns} cases, PMM_LAW_SEED=${seed}\n`);
  return { numRuns, seed };
}
