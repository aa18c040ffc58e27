import { BUGS } from './bugs';
import { simulate } from './run';
import { runChunk } from './runs';

/** Where the seeds of these tests begin; any other number must do as well. */
const SEED = 1;
const MANY = 200;
const FIND_WITHIN = 120;
const LIMIT_MS = 240_000;

jest.setTimeout(LIMIT_MS);

describe('the simulation', () => {
  it(`finds every promise kept in ${MANY} runs`, async () => {
    expect(await runChunk({ seed: SEED, runs: MANY })).toEqual({ done: MANY });
  });

  it.each([
    'acknowledged-before-commit',
    'duplicate-batch-folded',
    'no-heads-comparison',
    'tick-ids-by-chance',
  ])('finds a planted bug: %s', async (name) => {
    const bug = BUGS.find((other) => other.name === name);
    if (!bug) throw new Error(`there is no bug ${name}`);
    const { failure } = await runChunk({ seed: SEED, runs: FIND_WITHIN }, bug);
    expect(failure?.violations).not.toEqual([]);
    const { violations } = await simulate(failure?.seed ?? 0);
    expect(violations).toEqual([]);
  });

  it('replays a seed exactly, with a readable trace or without', async () => {
    const [one, other] = [await simulate(7, { written: true }), await simulate(7, { written: true })];
    expect(one.trace.length).toBeGreaterThan(100);
    expect(other.trace).toEqual(one.trace);
    expect(other.hash).toBe(one.hash);
    expect((await simulate(7)).hash).toBe(one.hash);
    expect((await simulate(8)).hash).not.toBe(one.hash);
  });

  it('replays a seed with a bug exactly', async () => {
    const bug = BUGS.find(({ name }) => name === 'tick-ids-by-chance');
    const { failure } = await runChunk({ seed: SEED, runs: FIND_WITHIN }, bug);
    const again = await simulate(failure?.seed ?? 0, { bug, written: true });
    expect(again.violations).toEqual(failure?.violations);
    expect(again.trace.join('\n')).toContain('violated: ');
  });

  it('gives time back to the process', async () => {
    const before = Date.now();
    await simulate(9);
    expect(Math.abs(Date.now() - before)).toBeLessThan(600_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  });
});
