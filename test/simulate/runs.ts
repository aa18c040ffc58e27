import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Bug } from './bugs/bug';
import { say } from './report';
import { simulate, type Outcome } from './run';

/** Seeds that a process takes at once. */
const CHUNK = 50;
const PROGRESS_MS = 10_000;

export type Failure = Pick<Outcome, 'seed' | 'violations'>;
export interface Chunk {
  seed: number;
  runs: number;
  bug?: string;
}
export interface ChunkResult {
  done: number;
  failure?: Failure;
}

/** Runs one seed after the other up to the first violation. */
export async function runChunk({ seed, runs }: Chunk, bug?: Bug): Promise<ChunkResult> {
  for (let n = 0; n < runs; n++) {
    const { violations } = await simulate(seed + n, { bug });
    if (violations.length > 0) return { done: n + 1, failure: { seed: seed + n, violations } };
  }
  return { done: runs };
}

/** Many seeds, shared by some processes; says how far it is, so that a run that was broken off can go on there. */
export class Runs {
  private next: number;
  private done = 0;
  private failure?: Failure;
  private saidAt = performance.now();

  constructor(private readonly wanted: { seed: number; runs: number; workers: number; bug?: Bug }) {
    this.next = wanted.seed;
  }

  async run(): Promise<{ done: number; failure?: Failure; seconds: number }> {
    const started = performance.now();
    const { workers } = this.wanted;
    if (workers === 1) await this.work((chunk) => runChunk(chunk, this.wanted.bug));
    else await Promise.all(Array.from({ length: workers }, () => this.workInChild()));
    return { done: this.done, failure: this.failure, seconds: (performance.now() - started) / 1_000 };
  }

  private async work(take: (chunk: Chunk) => Promise<ChunkResult>): Promise<void> {
    for (let chunk = this.chunk(); chunk; chunk = this.chunk()) {
      const { done, failure } = await take(chunk);
      this.done += done;
      if (failure && failure.seed < (this.failure?.seed ?? Infinity)) this.failure = failure;
      this.progress(chunk.seed);
    }
  }

  private chunk(): Chunk | null {
    const { seed, runs, bug } = this.wanted;
    const left = seed + runs - this.next;
    if (left <= 0 || this.failure) return null;
    const chunk = { seed: this.next, runs: Math.min(CHUNK, left), bug: bug?.name };
    this.next += chunk.runs;
    return chunk;
  }

  private async workInChild(): Promise<void> {
    const child = fork(join(__dirname, 'worker.js'));
    try {
      await this.work((chunk) => ask(child, chunk));
    } finally {
      child.kill();
    }
  }

  private progress(seed: number): void {
    if (performance.now() - this.saidAt < PROGRESS_MS || this.wanted.bug) return;
    this.saidAt = performance.now();
    say(`${this.done} of ${this.wanted.runs} runs; about seed ${seed}`);
  }
}

function ask(child: ChildProcess, chunk: Chunk): Promise<ChunkResult> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a worker ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (result: ChunkResult) => {
      child.off('exit', onExit);
      resolve(result);
    });
    child.send(chunk);
  });
}
