import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT_KINDS, type FaultKind } from './faults/fault-kinds';
import type { RunResult } from './run';

/** The results of a long series, in a file, so that it can be stopped and gone on with. */
export class Series {
  readonly #file: string;
  readonly #results: RunResult[];

  constructor(folder: string, resume: boolean) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'results.json');
    this.#results =
      resume && existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as RunResult[]) : [];
  }

  get results(): readonly RunResult[] {
    return this.#results;
  }

  has(seed: number): boolean {
    return this.#results.some((result) => result.seed === seed);
  }

  add(result: RunResult): void {
    this.#results.push(result);
    writeFileSync(this.#file, JSON.stringify(this.#results, null, 1));
  }
}

export function lineOf(result: RunResult): string {
  const { seed, acts, failed, refused, busy, events, recoveryMs, violations, evidence } = result;
  const faults = Object.entries(result.faults).map(([kind, times]) => `${kind}×${times}`);
  const numbers = `${acts} acts, ${failed} failed, ${refused} refused, ${busy} busy answers, ${events} events, calm after ${(recoveryMs / 1000).toFixed(1)} s`;
  const verdict =
    violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS, see ${evidence}`;
  return `seed ${seed}: ${verdict}; ${numbers}; ${faults.join(' ')}`;
}

/** In how many runs each kind of fault was injected. */
export function tableOf(results: readonly RunResult[]): string[] {
  const runsWith = (kind: FaultKind) => results.filter(({ faults }) => (faults[kind] ?? 0) > 0).length;
  const width = Math.max(...FAULT_KINDS.map((kind) => kind.length));
  const bad = results.filter(({ violations }) => violations.length > 0).length;
  return [
    `${'fault'.padEnd(width)}  runs`,
    ...FAULT_KINDS.map((kind) => `${kind.padEnd(width)}  ${String(runsWith(kind)).padStart(4)}`),
    `${results.length} runs, ${bad} with violations`,
  ];
}
