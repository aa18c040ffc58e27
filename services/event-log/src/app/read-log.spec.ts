import { LIMITS, type GatherReply } from '#libs/contracts';
import { systemClock } from '#libs/kernel';
import type { PageQuery } from './event-store.port';
import { ReadLog, type ReadLogParts } from './read-log';

const HEAD = { position: 9, hash: 'e'.repeat(64), atMs: 0 };
const name = (n: number) => `m${n}`.padEnd(64, 'x');

/** A log of which every mind has a page of so many bytes in the database, which takes so many milliseconds. */
function logOf(bytes: number, takesMs: number) {
  const asked: PageQuery[] = [];
  let now = 0;
  const state = (id: string) => ({ record: { id, importedTo: 0 }, head: HEAD });
  const parts = {
    minds: {
      states: (minds: string[]) => Promise.resolve(new Map(minds.map((mind) => [mind, state(mind)]))),
      state: (mind: string) => Promise.resolve(state(mind)),
      peek: state,
    },
    tails: { get: () => undefined },
    meter: { read: () => undefined },
    clock: { ...systemClock, monotonicMs: () => now },
    events: {
      page: (query: PageQuery) => {
        asked.push(query);
        now += takesMs;
        const text = `"${'x'.repeat(bytes - 2)}"`;
        return Promise.resolve({ text, count: 1, first: 1, last: 9, prevHash: null, more: false });
      },
    },
  };
  return { log: new ReadLog(parts as unknown as ReadLogParts), asked };
}

const ranges = Array.from({ length: 1_000 }, (_, n) => ({ mind: name(n), after: 1 }));

async function gathered(log: ReadLog): Promise<{ bytes: number; minds: GatherReply['minds'] }> {
  const text = await log.gather({ ranges, purpose: 'broadcast' });
  return { bytes: Buffer.byteLength(text), ...(JSON.parse(text) as GatherReply) };
}

describe('a reply about many minds', () => {
  it('fits into a message, and reads nothing more once it is full', async () => {
    const { log, asked } = logOf(3_000, 0);
    const { bytes, minds } = await gathered(log);
    expect(bytes).toBeLessThanOrEqual(LIMITS.messageBytes);
    expect(minds).toHaveLength(ranges.length);
    expect(minds.every(({ head }) => head.position === 9)).toBe(true);
    const filled = minds.filter(({ events }) => events.length > 0).length;
    expect(filled).toBeGreaterThan(100);
    expect(asked).toHaveLength(filled + 1);
  });

  it('comes before nobody waits any more', async () => {
    const { log, asked } = logOf(100, 10);
    const { minds } = await gathered(log);
    expect(asked.length).toBeLessThan(200);
    expect(minds.filter(({ events }) => events.length > 0)).toHaveLength(asked.length);
    expect(minds).toHaveLength(ranges.length);
  });
});
