import type { MindEvent } from '#libs/contracts';
import { canonicalJson } from './canonical-json';
import { canonicalEvent, hashEvent, linkFault } from './event-hash';

const event: Omit<MindEvent, 'hash'> = {
  mind: 'ada',
  position: 1,
  id: '0b0e0c3c-2f4e-5a57-9d58-0d3a4f3c1b2a',
  kind: 'user_message',
  version: 1,
  at: '2026-01-02T03:04:05.678Z',
  content: 'caf\u00e9 "\u2028" \u0007',
  meta: { turnId: 't1', b: { y: 1, x: [1.5, null] } },
  prevHash: null,
};

describe('the hash of an event', () => {
  it('hashes the same text as canonical JSON of the whole envelope', () =>
    expect(canonicalEvent(event)).toBe(canonicalJson(event)));

  it('depends on every field', () => {
    const changed: Partial<MindEvent>[] = [
      { mind: 'bob' },
      { position: 2 },
      { id: '1b0e0c3c-2f4e-5a57-9d58-0d3a4f3c1b2a' },
      { kind: 'x.a' },
      { version: 2 },
      { at: '2026-01-02T03:04:05.679Z' },
      { content: '' },
      { meta: {} },
      { prevHash: 'a'.repeat(64) },
    ];
    const hashes = [event, ...changed.map((change) => ({ ...event, ...change }))].map(hashEvent);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('finds a broken link', () => {
    const whole = { ...event, hash: hashEvent(event) };
    const start = { position: 0, hash: null };
    expect(linkFault(whole, start)).toBeNull();
    expect(linkFault({ ...whole, content: 'other' }, start)).toMatch(/hash does not fit/);
    expect(linkFault(whole, { position: 1, hash: null })).toMatch(/position 1 after 1/);
    expect(linkFault(whole, { position: 0, hash: 'b'.repeat(64) })).toMatch(/prevHash/);
  });
});
