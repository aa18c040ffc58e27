import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { checkout } from '../stage/checkout';
import type { Logs } from './log-rows';
import type { Findings } from './violation';

interface Replayed {
  position: number;
  headHash: string | null;
  equal: boolean;
  services: Record<string, unknown>;
}

const PMM = join(checkout, 'dist', 'libs', 'cli', 'src', 'main.js');
const AT_ONCE = 2;
const TRIES = 3;
const LIMIT_MS = 60_000;

/** Folds each mind anew in a process of its own, `pmm replay`, which compares every service's digest with it. */
export async function checkDigests(gateway: string, logs: Logs, findings: Findings): Promise<void> {
  const waiting = [...logs].values();
  const worker = async () => {
    for (const [mind, rows] of waiting) {
      const { replayed, said } = await replay(gateway, mind);
      findings.expect(replayed?.equal === true, 'every cache equals a rebuild', mind, () => said);
      const head = { position: rows.length, hash: rows.at(-1)?.hash ?? null };
      const isHead = replayed?.position === head.position && replayed.headHash === head.hash;
      findings.expect(
        isHead,
        'the log that is served is the one that is stored',
        mind,
        () => `${said} is not ${JSON.stringify(head)}`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Tries again only where nothing could be compared: a service that did not answer is no digest that differs. */
async function replay(gateway: string, mind: string): Promise<{ replayed?: Replayed; said: string }> {
  for (let attempt = 1; ; attempt++) {
    const child = spawn(process.execPath, [PMM, '--url', gateway, '--json', 'replay', mind], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    const said = { out: '', error: '' };
    child.stdout.on('data', (piece) => (said.out += String(piece)));
    child.stderr.on('data', (piece) => (said.error += String(piece)));
    await once(child, 'close');
    if (said.out.startsWith('{')) return { replayed: JSON.parse(said.out) as Replayed, said: said.out };
    if (attempt === TRIES) return { said: `nothing could be compared: ${said.error}` };
  }
}
