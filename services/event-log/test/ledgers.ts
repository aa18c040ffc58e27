import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#libs/kernel';
import type { ChainedEvent } from '../src/core/chain.core';
import { LogImport } from '../src/core/import/log-import';

/** Recorded original ledgers and small made ones, for specs. */
const goldenDir = join(__dirname, '../../../test/golden');
export const goldenNames = readdirSync(goldenDir).filter((name) => name.endsWith('.jsonl'));
export const goldenText = (name: string): string => readFileSync(join(goldenDir, name), 'utf8');
export const goldenExpected = (name: string): { headHash: string; events: number } =>
  JSON.parse(readFileSync(join(goldenDir, name.replace('.jsonl', '.expected.json')), 'utf8')) as never;

export const NOW_MS = Date.UTC(2026, 0, 1);

/** Imports a text in slices that end at `cuts`. */
export function importText(text: string, { cuts = [] as number[], mind = 'new', nowMs = NOW_MS } = {}) {
  const into = new LogImport(mind, nowMs);
  const events: ChainedEvent[] = [];
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (text.length + 1))].sort((a, b) => a - b)) {
    events.push(...into.push(text.slice(from, cut)));
    from = cut;
  }
  events.push(...into.push(text.slice(from)), ...into.end());
  return { events, format: into.format };
}

/** Why a text is refused, or `accepted`. */
export function refusal(text: string, cuts: number[] = []): string {
  try {
    importText(text, { cuts });
    return 'accepted';
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_request') return error.message;
    throw error;
  }
}

export const bodyOf = (
  event: ChainedEvent | undefined,
): { content: string; at: string; meta: Record<string, unknown> } =>
  JSON.parse(event?.body ?? 'null') as never;
