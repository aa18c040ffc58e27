import { chainEvents, EMPTY_HEAD, type ChainedEvent } from '../core/chain.core';
import { TailCache } from './tail-cache';

const chain = (mind: string, count: number): ChainedEvent[] =>
  chainEvents(
    mind,
    EMPTY_HEAD,
    Array.from({ length: count }, (_, n) => ({
      id: `${mind}-${n}`,
      ...{ kind: 'x.note', version: 1, content: 'x'.repeat(500), metaJson: '{}' },
    })),
    0,
  );
/** About what one of these events takes. */
const EVENT = 1_250;

describe('the memory tail', () => {
  it('lets the least recently used mind go first, and keeps what was not broadcast', () => {
    const tails = new TailCache(EVENT * 100);
    for (const mind of ['a', 'b', 'c']) tails.add(mind, chain(mind, 10));
    tails.markBroadcast('a', 10);
    tails.markBroadcast('b', 10);
    tails.get('a');
    for (let n = 0; n < 8; n++) {
      tails.add(`m${n}`, chain(`m${n}`, 10));
      tails.markBroadcast(`m${n}`, 10);
    }
    expect(tails.get('b')).toBeUndefined();
    expect(tails.get('a')?.size).toBe(10);
    expect(tails.get('c')?.size).toBe(10);
    expect(tails.bytes).toBeLessThanOrEqual(EVENT * 100);
  });

  it('grows beyond its bound while nobody broadcasts, says when it is full, and shrinks when batches come', () => {
    const tails = new TailCache(EVENT * 20);
    for (let n = 0; n < 10; n++) tails.add(`m${n}`, chain(`m${n}`, 10));
    expect(tails.isFull).toBe(true);
    expect(tails.unbroadcastBytes).toBe(tails.bytes);
    for (let n = 0; n < 10; n++) expect(tails.get(`m${n}`)?.size).toBe(10);
    for (let n = 0; n < 10; n++) tails.markBroadcast(`m${n}`, 10);
    expect(tails.isFull).toBe(false);
    expect(tails.unbroadcastBytes).toBe(0);
    expect(tails.bytes).toBeLessThanOrEqual(EVENT * 20);
  });

  it('gives no mind more than its share once its events were broadcast', () => {
    const tails = new TailCache(EVENT * 80);
    const events = chain('busy', 400);
    for (const [index, event] of events.entries()) {
      tails.add('busy', [event]);
      tails.markBroadcast('busy', index + 1);
    }
    expect(tails.get('busy')?.size).toBeLessThanOrEqual(12);
    expect(tails.get('busy')?.last).toBe(400);
  });

  it('begins anew when events don’t follow, and counts no byte twice', () => {
    const tails = new TailCache(EVENT * 100);
    const events = chain('m', 10);
    tails.add('m', events.slice(0, 3));
    tails.add('m', events.slice(5));
    expect([tails.get('m')?.first, tails.get('m')?.last]).toEqual([6, 10]);
    tails.markBroadcast('m', 8);
    tails.drop('m');
    expect([tails.bytes, tails.unbroadcastBytes]).toEqual([0, 0]);
    tails.add('m', events);
    tails.dropWhere((mind) => mind === 'm');
    expect([tails.bytes, tails.unbroadcastBytes]).toEqual([0, 0]);
  });
});
