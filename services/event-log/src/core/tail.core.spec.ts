import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { chainEvents, EMPTY_HEAD } from './chain.core';
import { Tail } from './tail.core';

const loose = (n: number) => ({
  ...{ id: `e${n}`, kind: 'x.note', version: 1, metaJson: '{}' },
  content: 'x'.repeat(1_000),
});

/** A tail of 20 events of which the first 15 were dropped, and one of those. */
function droppedOf(): { tail: Tail; dropped: WeakRef<object> } {
  const tail = new Tail(0);
  const events = chainEvents(
    'ada',
    EMPTY_HEAD,
    Array.from({ length: 20 }, (_, n) => loose(n)),
    0,
  );
  events.forEach((event) => tail.add(event));
  tail.dropTo(15);
  return { tail, dropped: new WeakRef(events[9] ?? {}) };
}

describe('a tail', () => {
  it('goes on from where it was dropped to', () => {
    const { tail } = droppedOf();
    expect({ first: tail.first, last: tail.last, size: tail.size }).toEqual({ first: 16, last: 20, size: 5 });
    expect(tail.at(15)).toBeUndefined();
    expect(tail.at(16)?.position).toBe(16);
    expect(tail.byId('e9')).toBeUndefined();
    expect(tail.byId('e19')?.position).toBe(20);
  });

  it('holds nothing of what it dropped', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { tail, dropped } = droppedOf();
    // A reference that was made in this turn of the event loop lives as long as that.
    await new Promise(setImmediate);
    collect();
    expect(dropped.deref()).toBeUndefined();
    expect(tail.size).toBe(5);
  });
});
