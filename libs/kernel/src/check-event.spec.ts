import { OWN_KIND, REGISTRY } from '#libs/contracts';
import { checkNewEvent } from './check-event';

const id = '00000000-0000-4000-8000-000000000000';
const check = (kind: string, meta: unknown = {}, content = '') => checkNewEvent({ id, kind, content, meta });

describe('what may enter a log', () => {
  it('takes a registered kind whose meta fits', () =>
    expect(check('autonomy_tick', { tick: 1, reason: 'heartbeat' })).toMatchObject({
      version: 1,
      metaJson: '{"reason":"heartbeat","tick":1}',
    }));

  it("takes a user's own kind with any meta", () =>
    expect(check('x.note', { any: [1] }, 'text').version).toBe(1));

  it.each([
    ['an unknown kind', 'nonsense', {}, ''],
    ['a bare x.', 'x.', {}, ''],
    ['capitals in an own kind', 'x.Note', {}, ''],
    ['a kind that is an inherited property', 'constructor', {}, ''],
    ['an unknown field', 'autonomy_tick', { tick: 1, reason: 'heartbeat', extra: 1 }, ''],
    ['a wrong type', 'autonomy_tick', { tick: '1', reason: 'heartbeat' }, ''],
    ['a missing field', 'user_message', {}, 'hi'],
    ['an import-only kind', 'identity_change', { name: 'Ada' }, ''],
    ['legacy of a registered kind', 'reflection_requested', { legacy: {} }, ''],
    ['legacy of an own kind', 'x.a', { legacy: {} }, ''],
    ['content where none belongs', 'autonomy_tick', { tick: 1, reason: 'due' }, 'text'],
    ['no content where some belongs', 'user_message', { turnId: 't' }, '  '],
    ['a trait step over 0.05', 'trait_update', { delta: { openness: 0.06 }, reason: 'x' }, ''],
    ['a meta that is a list', 'x.a', [], ''],
    ['U+0000', 'x.a', {}, 'a\u0000'],
    ['a lone surrogate', 'x.a', {}, '\udfff'],
  ])('refuses %s', (_what, kind, meta, content) =>
    expect(() => check(kind, meta, content)).toThrow(expect.objectContaining({ code: 'invalid_event' })),
  );

  it('refuses what is too large or too deep', () => {
    expect(() => check('x.a', {}, 'a'.repeat(256 * 1024))).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    );
    expect(() => check('x.a', { a: 'a'.repeat(64 * 1024) })).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    );
    const deep = JSON.parse('{"a":'.repeat(17) + '1' + '}'.repeat(17)) as unknown;
    expect(() => check('x.a', deep)).toThrow(expect.objectContaining({ code: 'invalid_event' }));
  });

  it('keeps user kinds and registered kinds apart', () =>
    expect(Object.keys(REGISTRY).filter((kind) => OWN_KIND.test(kind))).toEqual([]));
});
