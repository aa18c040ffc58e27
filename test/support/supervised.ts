import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { pause } from '#deploy/local/waiting';

const readySchema = z.object({
  ready: z.literal(true),
  http: z.string(),
  nats: z.string(),
  postgres: z.string(),
  pids: z.record(z.string(), z.number()),
});
export type ReadyLine = z.infer<typeof readySchema>;

const processSchema = z.object({
  process: z.object({
    name: z.string(),
    state: z.enum(['ready', 'ended', 'stopped']),
    pid: z.number().optional(),
  }),
});

const longestOutput = 20_000;

/** A supervisor that runs as a child of the test, seen through the JSON lines that it prints. */
export class Supervised {
  readonly lines: object[] = [];
  ready?: ReadyLine;
  /** The end of all that it printed. */
  output = '';
  readonly #child: ChildProcess;
  readonly #pids = new Map<string, number>();
  readonly #ended: Promise<number | null>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#take(line));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  pids(): Record<string, number> {
    return Object.fromEntries(this.#pids);
  }

  /** Asks it to end, or kills it when it does not; answers its exit code, null after a kill. */
  async stop(signal: NodeJS.Signals, withinMs: number): Promise<number | null> {
    this.#child.kill(signal);
    const late = new AbortController();
    const killer = pause(withinMs, undefined, { signal: late.signal }).then(
      () => this.#child.kill('SIGKILL'),
      () => false,
    );
    const code = await this.#ended;
    late.abort();
    await killer;
    return code;
  }

  #take(line: string): void {
    this.output = `${this.output}${line}\n`.slice(-longestOutput);
    if (!line.startsWith('{')) return;
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) this.lines.push(value);
    const { data: known } = processSchema.safeParse(value);
    if (known) this.#follow(known.process);
    this.ready ??= readySchema.safeParse(value).data;
  }

  #follow({ name, state, pid }: z.infer<typeof processSchema>['process']): void {
    if (state === 'ready' && pid !== undefined) this.#pids.set(name, pid);
    else this.#pids.delete(name);
  }
}
