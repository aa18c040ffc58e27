import fc from 'fast-check';
import { ledgerText, type LedgerShape, type WrittenEvent } from './ledger-text';
import { Choice } from './odd-fields';
import { ORIGINAL_ACTS, writeAdopt, writeDirective, writeOpen, writeTick } from './original-acts';
import type { Json, OriginalEvent } from './original-ledger.types';
import { Digits, type Written } from './python-text';

/** A ledger as the original would have written it, and its events as they were meant. */
export interface GeneratedLedger {
  text: string;
  events: OriginalEvent[];
}

const START_MS = Date.UTC(2025, 8, 1);
const GAPS_US = [0, 1, 999, 1_000, 7_000_000, 3_600_000_000];
/** The window of the directives that count again has 200. */
const MANY_DIRECTIVES = 230;

type Act = [number, number, number, number, number, number];

/** Ledgers of both formats with every mixture of events; some are calm, one in 100 has many directives. */
export const originalLedger: fc.Arbitrary<GeneratedLedger> = fc
  .tuple(
    fc.array(
      fc.tuple(fc.nat(996), fc.nat(997), fc.nat(998), fc.nat(999), fc.nat(1_000), fc.nat(1_001)),
      { minLength: 1, maxLength: 60, size: 'max' },
    ),
    fc.record<LedgerShape>({
      format: fc.constantFrom('2025-10', '1.0'),
      file: fc.constantFrom('jsonl', 'jsonl', 'array'),
      style: fc.record({ sorted: fc.boolean(), spaced: fc.boolean(), ascii: fc.boolean() }),
    }),
    fc.nat(99),
  )
  .map(([acts, shape, luck]) => writeLedger(mixed(acts, luck), shape));

const DIRECTIVE = ORIGINAL_ACTS.indexOf(writeDirective);
const TICK = ORIGINAL_ACTS.indexOf(writeTick);
const CALM = [writeOpen, writeOpen, writeAdopt].map((write) => ORIGINAL_ACTS.indexOf(write));

function mixed(acts: Act[], luck: number): Act[] {
  if (luck === 99) return withDirectives(acts);
  return luck < 20 ? acts.map(calm) : acts;
}

/** Mostly ticks, between which little happens, and often the same: what the windows of ticks are about. */
function calm([what, ...picks]: Act): Act {
  const [a, b, c, d, e] = picks.map((pick) => pick % 4) as [number, number, number, number, number];
  return [what % 4 === 0 ? (CALM[(what >> 2) % CALM.length] ?? TICK) : TICK, a, b, c, d, e];
}

function withDirectives(acts: Act[]): Act[] {
  const more = Array.from({ length: MANY_DIRECTIVES }, (_, n): Act => {
    const [, a, b, c, d, e] = acts[n % acts.length] ?? [0, 0, 0, 0, 0, 0];
    return [DIRECTIVE, a + 7 * n, b + n, c + n, d, e];
  });
  return [...acts, ...more];
}

function writeLedger(acts: readonly Act[], shape: LedgerShape): GeneratedLedger {
  let atUs = START_MS * 1_000;
  const writtenEvents = acts.map(([what, ...picks]): WrittenEvent => {
    const choice = new Choice(picks);
    atUs += choice.of(GAPS_US);
    const write = ORIGINAL_ACTS[what % ORIGINAL_ACTS.length] ?? writeDirective;
    const { kind, content = '', meta } = write(choice);
    return { ts: timeText(atUs, choice), kind, content, meta: new Map(meta) };
  });
  const events = writtenEvents.map(({ kind, content, meta }, index) => ({
    ...{ id: index + 1, kind, content },
    meta: plain(meta) as OriginalEvent['meta'],
  }));
  return { text: ledgerText(writtenEvents, shape), events };
}

function timeText(atUs: number, choice: Choice): string {
  const zone = choice.of(['+00:00', 'Z', '+02:00', '']);
  const shiftMs = zone === '+02:00' ? 7_200_000 : 0;
  const time = new Date(Math.floor(atUs / 1_000) + shiftMs).toISOString().slice(0, 19);
  const micros = String(atUs % 1_000_000).padStart(6, '0');
  return `${time}${micros === '000000' ? '' : `.${micros}`}${zone}`;
}

function plain(value: Written): Json {
  if (value instanceof Digits) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
}
