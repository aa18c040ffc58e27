import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { ThreadedProver } from './threaded-prover';

const START = { position: 0, hash: null, atMs: 0 };
const LONG = { mind: 'ada', from: 1, to: 5_000 };

let folder: string;
let prover: ThreadedProver | undefined;
const warnings: string[] = [];
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pmm-threads-'))));
afterEach(async () => {
  await prover?.close();
  rmSync(folder, { recursive: true });
});

/** A prover whose threads run this function instead of a proof. */
function proverOf(work: string, limitMs?: number): ThreadedProver {
  const file = join(folder, 'work.cjs');
  writeFileSync(file, `module.exports = ${work};`);
  const warn = (message: string) => void warnings.push(message);
  prover = new ThreadedProver({} as Pool, { url: 'postgres://nobody', threads: 2, file, limitMs, warn });
  return prover;
}

describe('proofs in threads', () => {
  it('are told what to prove and answer a verdict', async () => {
    const { prove } = bound(
      proverOf('({ range, previous, ms }) => ({ verdict: { good: range.to, last: previous, ms } })'),
    );
    expect(await prove()).toEqual({ good: 5_000, last: START, ms: 70 });
  });

  it('fail as the thread says, with the code of the failure', async () => {
    const error = { code: 'unavailable', message: 'the database does not answer', retryable: true };
    const { prove } = bound(proverOf(`() => (${JSON.stringify({ error })})`));
    await expect(prove()).rejects.toMatchObject({ name: 'AppError', code: 'unavailable', retryable: true });
  });

  it('fail when their thread ends, and the next one gets another', async () => {
    const { prove } = bound(
      proverOf(`() => {
        const seen = ${JSON.stringify(join(folder, 'seen'))};
        const fs = require('node:fs');
        if (fs.existsSync(seen)) return { verdict: 'proved' };
        fs.writeFileSync(seen, '');
        process.exit(1);
      }`),
    );
    await expect(prove()).rejects.toThrow();
    expect(await prove()).toBe('proved');
  });

  it('are refused as busy when too many wait, and go on', async () => {
    const { prove } = bound(proverOf('() => new Promise((done) => setTimeout(done, 20, { verdict: 1 }))'));
    const asked = await Promise.allSettled(Array.from({ length: 80 }, prove));
    const refused = asked.filter((one) => one.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(Array(70).fill('busy'));
    expect(await prove()).toBe(1);
  });

  it('are unavailable when no thread can load its file, which is said, and work again once it can', async () => {
    warnings.length = 0;
    const mine = proverOf('(', 1_000);
    await expect(bound(mine).prove()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(warnings).toContain('a thread that proves logs has failed');
    writeFileSync(join(folder, 'work.cjs'), 'module.exports = () => ({ verdict: 1 });');
    expect(await bound(mine).prove()).toBe(1);
  });

  it('that take too long are unavailable, and the next one goes on', async () => {
    const mine = proverOf(
      '({ range }) => new Promise((done) => range.from > 1 && done({ verdict: 1 }))',
      500,
    );
    await expect(bound(mine).prove()).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(await mine.prove({ ...LONG, from: 2 }, START, 70)).toBe(1);
  });

  it('end with their owner', async () => {
    const mine = proverOf('() => new Promise(() => setInterval(() => 0, 1000))');
    const proof = bound(mine).prove();
    const ended = expect(proof).rejects.toThrow();
    await mine.close();
    await ended;
  });
});

const bound = (mine: ThreadedProver) => ({ prove: () => mine.prove(LONG, START, 70) });
