import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '#deploy/local/waiting';
import { checkout } from './checkout';
import type { Stage } from './stage';

const readyWithinMs = 60_000;
const endsWithinMs = 15_000;

/** A further member of a service, started by hand as a person would: a process with the same settings. */
export class HandStarted {
  private constructor(
    readonly service: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(stage: Stage, service: string, n: number): Promise<HandStarted> {
    const file = join(checkout, 'dist', 'services', service, 'src', 'main.js');
    const env = { ...withoutOurs(), ...stage.env };
    const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const log = createWriteStream(join(stage.system.dataDir, 'logs', `${service}-by-hand-${n}.log`));
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    let ready = false;
    child.on('message', () => (ready = true));
    const isUp = await waitUntil(() => ready || child.exitCode !== null, { timeoutMs: readyWithinMs });
    if (!isUp || child.exitCode !== null) {
      child.kill('SIGKILL');
      throw new Error(`${service} by hand did not become ready`);
    }
    return new HandStarted(service, child);
  }

  /** Asks it to end; answers its exit code and how long that took. A process that does not end is killed: null. */
  async stop(): Promise<{ service: string; code: number | null; tookMs: number }> {
    const startedAt = performance.now();
    if (this.child.exitCode !== null) return { service: this.service, code: this.child.exitCode, tookMs: 0 };
    const ended = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), endsWithinMs);
    const [code] = await ended;
    clearTimeout(killer);
    return { service: this.service, code, tookMs: performance.now() - startedAt };
  }
}

const withoutOurs = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:PMM_|JEST_|NODE_ENV$)/.test(name)));
