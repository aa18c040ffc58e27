import type { MindEvent } from '#libs/contracts';
import { placeBatch } from './batch-place';
import { identify } from './event-drafts';
import { permit, type RateWindow } from './rate-window';

describe('permit', () => {
  it('gives ten within any second, then the eleventh when the first is a second old', () => {
    let window: RateWindow | undefined;
    for (let n = 0; n < 10; n++) {
      const next = permit(window, 10, n * 10);
      expect(next).not.toBeNull();
      window = next ?? undefined;
    }
    expect(permit(window, 10, 999)).toBeNull();
    expect(permit(window, 10, 1_000)?.times).toHaveLength(10);
    expect(permit(window, 10, 1_009)).not.toBeNull();
  });
});

describe('placeBatch', () => {
  const batch = (from: number, to: number) => ({
    from,
    to,
    events: Array.from({ length: to - from + 1 }, (_, n) => ({ position: from + n }) as MindEvent),
  });

  it('tells old, missing and next apart', () => {
    expect(placeBatch(batch(1, 5), 5)).toEqual({ is: 'old' });
    expect(placeBatch(batch(7, 8), 5)).toEqual({ is: 'gap' });
    expect(placeBatch(batch(6, 8), 5)).toEqual({ is: 'next', batch: batch(6, 8) });
  });

  it('leaves out what was seen already', () => {
    expect(placeBatch(batch(3, 7), 5)).toEqual({ is: 'next', batch: batch(6, 7) });
  });
});

describe('identify', () => {
  const event = (id?: string) => ({ id, kind: 'x.a', content: '', meta: {} });

  it('keeps given ids, derives the others from the key, and repeats them', () => {
    const once = identify('ada', [event(), event('given'), event()], 'key');
    expect(once[1]?.id).toBe('given');
    expect(once[0]?.id).not.toBe(once[2]?.id);
    expect(identify('ada', [event(), event('given'), event()], 'key')).toEqual(once);
    expect(identify('bob', [event()], 'key')[0]?.id).not.toBe(once[0]?.id);
    expect(identify('ada', [event()], 'other')[0]?.id).not.toBe(once[0]?.id);
  });
});
