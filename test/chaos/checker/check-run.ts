import type { History } from '../load/history';
import { checkAnswers } from './check-answers';
import { checkAppends } from './check-appends';
import { checkChains } from './check-chains';
import { checkCommands } from './check-commands';
import { checkDigests } from './check-digests';
import { checkImports } from './check-imports';
import { checkReads } from './check-reads';
import { checkTurns } from './check-turns';
import { readImportedTo, readLogs } from './log-rows';
import { Findings, type Violation } from './violation';

export interface CheckedRun {
  postgresUrl: string;
  gateway: string;
  minds: readonly string[];
  history: History;
}

/** Holds a run's history and the services' caches against the database. Nothing may be appended meanwhile. */
export async function checkRun({ postgresUrl, gateway, minds, history }: CheckedRun): Promise<CheckResult> {
  const logs = await readLogs(postgresUrl, minds);
  const findings = new Findings();
  checkAnswers(history.acts, logs, findings);
  checkChains(logs, findings);
  checkAppends(history.of('append'), logs, findings);
  const importedTo = await readImportedTo(postgresUrl, minds);
  checkImports(history.of('import'), { logs, importedTo }, findings);
  checkTurns(history.of('turn'), logs, findings);
  checkCommands(history.of('open', 'close', 'snooze', 'tick', 'name'), logs, findings);
  checkReads(history.of('self-model', 'commitments', 'reflections', 'events'), logs, findings);
  await checkDigests(gateway, logs, findings);
  const events = [...logs.values()].reduce((sum, rows) => sum + rows.length, 0);
  return { events, violations: findings.violations };
}

export interface CheckResult {
  events: number;
  violations: Violation[];
}
