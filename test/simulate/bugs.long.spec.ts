import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BUGS } from './bugs';

const PROGRAM = join(__dirname, '..', '..', 'deploy', 'local', 'simulate.mjs');
const RUNS = 1_000;
const LIMIT_MS = 900_000;

it(
  `every planted bug is found within ${RUNS} runs`,
  async () => {
    const args = ['--bug', 'all', '--runs', String(RUNS), '--workers', '2'];
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'exit')) as [number | null];
    const found = [...said.matchAll(/^(\S+): found in run \d+: /gm)].map(([, name]) => name);
    expect({ code, found }).toEqual({ code: 0, found: BUGS.map(({ name }) => name) });
  },
  LIMIT_MS,
);
