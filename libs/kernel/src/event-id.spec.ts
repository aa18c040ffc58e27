import { commitmentId, eventId } from './event-id';

describe('derived ids', () => {
  it('are UUIDs of version 5 that depend on every part and its place', () => {
    const id = eventId('m', 'tick', 1);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(eventId('m', 'tick', 1)).toBe(id);
    const others = [
      eventId('n', 'tick', 1),
      eventId('m', 'tick', 2),
      eventId('m', 'tick,1'),
      eventId('m', 'tick', '1'),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });

  it('of commitments are c and eleven base-32 characters', () => {
    expect(commitmentId('m', 'e1')).toMatch(/^c[a-z2-7]{11}$/);
    expect(commitmentId('m', 'e1')).not.toBe(commitmentId('m', 'e2'));
    expect(commitmentId('m', 'e1')).not.toBe(commitmentId('n', 'e1'));
  });
});
