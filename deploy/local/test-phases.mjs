/** Runs Jest's projects one after the other and counts over all of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './prepare.mjs';

const minutes = 60_000;
/** Suites with real servers run one at a time: they would starve each other on a small machine. */
const phases = [
  { name: 'unit', flags: ['--maxWorkers=2'], limitMs: 20 * minutes },
  { name: 'replay', flags: ['--maxWorkers=2'], limitMs: 20 * minutes },
  { name: 'simulate', flags: ['--runInBand'], limitMs: 20 * minutes },
  { name: 'int', flags: ['--runInBand'], limitMs: 30 * minutes, needsNats: true },
  { name: 'e2e', flags: ['--runInBand'], limitMs: 40 * minutes, needsNats: true },
  { name: 'chaos', flags: ['--runInBand'], limitMs: 40 * minutes, needsNats: true },
];
const endsWithinMs = 20_000;

// Asked to end, we take Jest with us, and its servers see that it is gone.
process.once('SIGTERM', () => process.exit(143));

const say = (line) => process.stdout.write(`${line}\n`);

/**
 * Runs all phases, or those named by the first arguments; the other arguments go to Jest.
 * Answers `{ passed, failed }`; what could not even be run counts as failed, and so does a run without tests.
 */
export async function runTests(args) {
  const named = phases.filter(({ name }) => args.includes(name));
  const chosen = named.length > 0 ? named : phases;
  const rest = args.filter((arg) => !phases.some(({ name }) => name === arg));
  if (chosen.some(({ needsNats }) => needsNats)) ensureNats();
  const total = { passed: 0, failed: 0 };
  for (const phase of chosen) {
    say(`\n== ${phase.name}`);
    const { passed, failed } = await runPhase(phase, rest);
    total.passed += passed;
    total.failed += failed;
  }
  if (total.passed + total.failed > 0) return total;
  say('No test was run.');
  return { passed: 0, failed: 1 };
}

export const summaryOf = ({ passed, failed }) => `${passed} passed, ${failed} failed`;

/** The same code that `npm start` uses. */
function ensureNats() {
  const require = createRequire(import.meta.url);
  try {
    require(join(root, 'dist', 'deploy', 'local', 'nats-program.js')).ensureNatsProgram(say);
  } catch (error) {
    if (error.name !== 'StartError') throw error;
    say(error.message);
    process.exit(1);
  }
}

async function runPhase({ name, flags, limitMs }, args) {
  const folder = mkdtempSync(join(tmpdir(), 'pmm-jest-'));
  const results = join(folder, 'results.json');
  const own = ['--selectProjects', name, '--json', `--outputFile=${results}`, '--passWithNoTests', ...flags];
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, ...own, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code]) => ({ code }));
  const { code, fault } = await Promise.race([ended, watch(child, results, limitMs)]);
  await ended;
  const counts = existsSync(results)
    ? count(JSON.parse(readFileSync(results, 'utf8')))
    : { passed: 0, failed: 0 };
  rmSync(folder, { recursive: true, force: true });
  if (fault) say(`${name}: ${fault}`);
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Kills a run that takes too long, or that has its results and does not end: a test then left something open. */
async function watch(child, results, limitMs) {
  const deadline = Date.now() + limitMs;
  let finishedAt;
  while (child.exitCode === null && child.signalCode === null) {
    await pause(250, undefined, { ref: false });
    if (existsSync(results)) finishedAt ??= Date.now();
    const hangs = finishedAt !== undefined && Date.now() - finishedAt > endsWithinMs;
    if (!hangs && Date.now() < deadline) continue;
    child.kill('SIGKILL');
    return { code: null, fault: hangs ? 'its tests are done but it does not end' : 'it takes too long' };
  }
  return { code: child.exitCode };
}

/** A suite that fails without a failed test could not be loaded, or broke before or after its tests. */
function count({ numPassedTests, numFailedTests, testResults }) {
  const isBroken = ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  return { passed: numPassedTests, failed: numFailedTests + testResults.filter(isBroken).length };
}
