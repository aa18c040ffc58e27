import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MindEvent } from '#libs/contracts';
import { eventLine } from '../../services/event-log/src/core/chain.core';
import { LogImport } from '../../services/event-log/src/core/import/log-import';

const goldenDir = join(__dirname, '../golden');

/** The recorded original ledgers: `ledger-1` … */
export const goldenLedgers = readdirSync(goldenDir)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => file.replace('.jsonl', ''));

/** What the original came to. */
export interface ExpectedMind {
  events: number;
  identity: { name: string | null; traits: Record<string, number> };
  open: Record<string, { text: string; project_id?: string; snoozed_until?: number }>;
  expired: Record<string, { text: string; expired_at: number; reason: string }>;
  ias: number;
  gas: number;
  activeDirectives: unknown[];
}

export const expectedMind = (ledger: string): ExpectedMind =>
  JSON.parse(readFileSync(join(goldenDir, `${ledger}.expected.json`), 'utf8')) as ExpectedMind;

/** The events that an original ledger becomes when it is imported. */
export function importedEvents(text: string, mind = 'golden'): MindEvent[] {
  const imported = new LogImport(mind, Date.UTC(2026, 0, 1));
  return [...imported.push(text), ...imported.end()].map(
    (event) => JSON.parse(eventLine(event)) as MindEvent,
  );
}

export const goldenText = (ledger: string): string =>
  readFileSync(join(goldenDir, `${ledger}.jsonl`), 'utf8');

export const goldenEvents = (ledger: string): MindEvent[] => importedEvents(goldenText(ledger));
