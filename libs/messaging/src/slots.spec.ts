import { Slots } from './slots';
import { gate, settled } from './testing/test-cache';

describe('slots', () => {
  /** Works that tell how many of them run at once. */
  const counted = () => {
    const count = { running: 0, most: 0 };
    const work = async () => {
      count.most = Math.max(count.most, (count.running += 1));
      await settled(2);
      count.running -= 1;
    };
    return { count, work };
  };

  it('let no more run at once than there are, whoever comes just when one ends', async () => {
    const slots = new Slots(3, 100);
    const { count, work } = counted();
    const late: Promise<void>[] = [];
    const works = Array.from({ length: 10 }, () =>
      slots.run(work).then(() => void late.push(slots.run(work), slots.run(work))),
    );
    await Promise.all(works);
    await Promise.all(late);
    expect(count.most).toBe(3);
    expect(late).toHaveLength(20);
  });

  it('are all free again afterwards, also after failures', async () => {
    const slots = new Slots(2, 100);
    const fail = () => Promise.reject(new Error('no'));
    await Promise.allSettled(Array.from({ length: 9 }, () => slots.run(fail)));
    const { count, work } = counted();
    await Promise.all([slots.run(work), slots.run(work)]);
    expect(count.most).toBe(2);
  });

  it('serve in order of arrival', async () => {
    const slots = new Slots(1, 100);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((n) => slots.run(() => Promise.resolve(void order.push(n)))));
    expect(order).toEqual([1, 2, 3]);
  });

  it('are busy when too many wait', async () => {
    const slots = new Slots(1, 1);
    const first = gate();
    const running = [slots.run(() => first.opened), slots.run(() => first.opened)];
    await expect(slots.run(() => Promise.resolve())).rejects.toMatchObject({ code: 'busy' });
    first.open();
    await Promise.all(running);
  });
});
