import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '#deploy/local/waiting';
import { checkRun } from './checker/check-run';
import type { Violation } from './checker/violation';
import type { FaultKind } from './faults/fault-kinds';
import { inject, type Injected } from './faults/injector';
import { planFaults } from './faults/schedule';
import type { Act } from './load/acts';
import { History } from './load/history';
import { Load, newMinds } from './load/load';
import { hasFailed, isDone } from './load/retrying-client';
import { healStage, type Stage } from './stage/stage';

export interface RunOptions {
  seed: number;
  seconds: number;
  minds: number;
  /** Where histories and evidence go. */
  folder: string;
  /** Only these faults. */
  kinds?: readonly FaultKind[];
}

type Counts = Partial<Record<FaultKind, number>>;

export interface RunResult {
  seed: number;
  seconds: number;
  /** How often each did something, and how often it met nothing that it could have struck. */
  faults: Counts;
  inVain: Counts;
  acts: number;
  /** Acts that came to nothing after every retry, allowed while faults last. */
  failed: number;
  /** Acts that were refused; the checker looks for the reason of each. */
  refused: number;
  /** Answers that were `busy`, of all attempts. */
  busy: number;
  events: number;
  /** From the end of the faults until all processes were ready and every open turn had its end. */
  recoveryMs: number;
  violations: Violation[];
  evidence?: string;
}

const TAIL_LINES = 400;
const FILES = 2;

/** One run over new minds of a running system: load, faults, quiet, check. */
export async function runOnce(stage: Stage, options: RunOptions): Promise<RunResult> {
  const { seed, seconds, minds, folder, kinds } = options;
  mkdirSync(folder, { recursive: true });
  const history = new History(join(folder, `history-${seed}.ndjson`));
  const names = newMinds(`s${seed}-${Date.now().toString(36)}`, minds);
  const load = new Load({ gateways: stage.gateways, history, minds: names, seed, files: FILES });
  const firstAlarm = stage.ear.alarms.length;
  await load.createMinds();
  load.start();
  const faults = inject(planFaults(seed, seconds, kinds), { stage, load, history, seed });
  const [injected] = await Promise.all([faults, pause(seconds * 1_000)]);
  const { recoveryMs, broken } = await calm(stage, load);
  const checked = broken ? { events: 0, violations: [broken] } : await checkAll(stage, load, history);
  const raised = stage.ear.alarms.slice(firstAlarm).map(({ subject, alarm }) => {
    return {
      promise: 'no alarm is raised',
      mind: String(alarm.mind),
      detail: JSON.stringify({ subject, alarm }),
    };
  });
  history.close();
  const violations = [...checked.violations, ...raised];
  const { acts } = history;
  const about = {
    seed,
    seconds,
    ...countFaults(injected),
    acts: acts.length,
    ...tally(acts),
    events: checked.events,
  };
  return { ...about, recoveryMs, violations, evidence: keepEvidence(stage, history, options, violations) };
}

async function calm(stage: Stage, load: Load): Promise<{ recoveryMs: number; broken?: Violation }> {
  const startedAt = performance.now();
  try {
    await Promise.all([load.stop(), healStage(stage)]);
    await load.finishTurns();
    await load.archive();
    return { recoveryMs: Math.round(performance.now() - startedAt) };
  } catch (error) {
    const broken = { promise: 'the system recovers by itself', mind: '', detail: String(error) };
    return { recoveryMs: Math.round(performance.now() - startedAt), broken };
  }
}

function checkAll(stage: Stage, load: Load, history: History) {
  const [gateway = ''] = stage.gateways;
  return checkRun({ postgresUrl: stage.servers.postgresUrl, gateway, minds: load.minds, history });
}

function tally(acts: readonly Act[]): Pick<RunResult, 'failed' | 'refused' | 'busy'> {
  const failed = acts.filter(({ outcome }) => hasFailed(outcome)).length;
  const done = acts.filter(({ outcome }) => isDone(outcome)).length;
  const busy = acts.reduce((sum, { outcome }) => sum + outcome.busy, 0);
  return { failed, refused: acts.length - done - failed, busy };
}

/** An injection that did nothing must not stand among those that did something. */
export function countFaults(injected: readonly Injected[]): Pick<RunResult, 'faults' | 'inVain'> {
  const [faults, inVain]: [Counts, Counts] = [{}, {}];
  for (const { kind, isReal } of injected) {
    const counts = isReal ? faults : inVain;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return { faults, inVain };
}

/** A good run leaves nothing; a bad one its history, what was violated, and the end of every log. */
function keepEvidence(
  stage: Stage,
  history: History,
  { seed, folder }: RunOptions,
  violations: readonly Violation[],
): string | undefined {
  if (violations.length === 0) {
    rmSync(history.path);
    return undefined;
  }
  const path = join(folder, `evidence-${seed}.txt`);
  const parts = [
    `seed ${seed}`,
    `history ${history.path}`,
    JSON.stringify(violations, null, 2),
    ...history.notes,
  ];
  writeFileSync(path, [...parts, stage.system.logTails(TAIL_LINES)].join('\n'));
  return path;
}
