import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDataDir } from '#test/support/servers';
import { checkRun, type CheckResult } from './checker/check-run';
import type { Act } from './load/acts';
import { History } from './load/history';
import { Load } from './load/load';
import { hasFailed } from './load/retrying-client';
import { openStage, type Stage, type StageOptions } from './stage/stage';

export interface ScenarioOptions extends Omit<StageOptions, 'dataDir'> {
  minds: readonly string[];
  pauseMs?: [low: number, high: number];
  tickIntervalMs?: number;
  /** Every second mind asks the scripted model; else all of them echo. */
  asksModel?: boolean;
}

/** A system under a load that a test does something to. */
export interface Scenario {
  stage: Stage;
  load: Load;
  history: History;
  /** Ends the load, sees every turn through, and holds history, caches and database against each other. */
  check(): Promise<CheckResult>;
  close(): Promise<number | null>;
}

/** Starts the system and makes the minds, the load itself is the test's to start. */
export async function openScenario(options: ScenarioOptions): Promise<Scenario> {
  const dataDir = temporaryDataDir();
  const stage = await openStage({ ...options, dataDir });
  mkdirSync(join(dataDir, 'chaos'), { recursive: true });
  const history = new History(join(dataDir, 'chaos', 'history.ndjson'));
  const { minds, pauseMs, tickIntervalMs, asksModel } = options;
  const { gateways } = stage;
  const about = { gateways, history, minds, pauseMs, tickIntervalMs };
  const load = new Load({ ...about, seed: 1, provider: asksModel ? undefined : 'echo' });
  await load.createMinds();
  const check = async () => {
    await load.stop();
    await load.finishTurns();
    await load.archive();
    const [gateway = ''] = gateways;
    return checkRun({ postgresUrl: stage.servers.postgresUrl, gateway, minds: load.minds, history });
  };
  const close = async () => {
    await load.stop();
    const code = await stage.stop();
    history.close();
    rmSync(dataDir, { recursive: true, force: true });
    return code;
  };
  return { stage, load, history, check, close };
}

export const failedOf = (acts: readonly Act[]): Act[] => acts.filter(({ outcome }) => hasFailed(outcome));

/** A short text of what failed, for a test's message. */
export const shortly = (acts: readonly Act[]): string[] =>
  acts.slice(0, 10).map(({ kind, mind, startedMs, outcome }) => {
    const { status, attempts, tookMs, body } = outcome;
    return `${Math.round(startedMs)} ms: ${kind} ${mind}: ${status} after ${attempts} calls and ${Math.round(tookMs)} ms: ${JSON.stringify(body)}`;
  });

export const slowest = (acts: readonly Act[]): number =>
  acts.reduce((longest, { startedMs, endedMs }) => Math.max(longest, endedMs - startedMs), 0);
