/** `npm run verify`: everything that must hold before a change is handed in, the quickest first. */
import { spawnSync } from 'node:child_process';
import { prepare, root } from './prepare.mjs';
import { runTests, summaryOf } from './test-phases.mjs';

const checks = ['format:check', 'lint', 'types', 'depcruise', 'build'];
const say = (line) => process.stdout.write(`${line}\n`);
const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;

function check(script) {
  const startedAt = performance.now();
  const options = {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  };
  const { status, stdout, stderr, error } = spawnSync('npm', ['run', '--silent', script], options);
  const passed = status === 0;
  if (!passed) say(`${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}`.trimEnd());
  say(`${passed ? 'ok    ' : 'FAILED'}  ${script.padEnd(13)} ${seconds(startedAt)}`);
  return passed;
}

async function test() {
  const startedAt = performance.now();
  const counts = await runTests([]);
  say(`${counts.failed === 0 ? 'ok    ' : 'FAILED'}  ${'test'.padEnd(13)} ${seconds(startedAt)}`);
  return counts;
}

prepare();
const counts = checks.every(check) ? await test() : { passed: 0, failed: 1 };
say(summaryOf(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;
