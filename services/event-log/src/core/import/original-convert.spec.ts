import { bodyOf, importText } from '../../../test/ledgers';
import { ledger2025 } from '../../../test/ledger-writer';

/** The kind and meta, without `legacy`, that an original event becomes. */
function converted(kind: string, meta = '{}', content = ''): { kind: string; meta: Record<string, unknown> } {
  const [event] = importText(ledger2025([{ kind, meta, content }]).join('\n')).events;
  const { legacy: _legacy, ...rest } = bodyOf(event).meta;
  return { kind: event?.kind ?? '', meta: rest };
}

describe('an original event becomes', () => {
  it.each([
    ['user', 'user_message'],
    ['response', 'assistant_message'],
    ['evidence_candidate', 'commitment_evidence'],
    ['identity_change', 'identity_change'],
    ['commitment_expire', 'commitment_expire'],
    ['policy_update', 'x.pmm.policy_update'],
    ['stage_update', 'x.pmm.stage_update'],
    ['metrics_update', 'x.pmm.metrics_update'],
    ['Odd Kind/é😀', 'x.pmm.odd_kind___'],
    ['constructor', 'x.pmm.constructor'],
    ['', 'x.pmm.'],
    ['k'.repeat(300), `x.pmm.${'k'.repeat(116)}`],
  ])('of kind %s one of kind %s', (kind, ours) => expect(converted(kind).kind).toBe(ours));

  it('one with the fields that its new kind has', () => {
    expect(
      converted('identity_adopt', '{"confidence":0.9,"name":"Ada","sanitized":"Ada","tick":3}').meta,
    ).toEqual({
      ...{ confidence: 0.9, name: 'Ada', sanitized: 'Ada' },
    });
    expect(
      converted('commitment_open', '{"cid":"c1","project_id":"p","source":"reflection","text":"t"}').meta,
    ).toEqual({
      ...{ cid: 'c1', project: 'p', source: 'reflection', text: 't' },
    });
    expect(converted('commitment_snooze', '{"cid":"c1","until_tick":null}').meta).toEqual({
      cid: 'c1',
      untilTick: null,
    });
    expect(converted('autonomy_directive', '{"origin_eid":4,"source":"reply"}').meta).toEqual({
      origin: 4,
      source: 'reply',
    });
    expect(converted('user', '{"source":"handle_user"}').meta).toEqual({});
    for (const meta of ['{"project":"ours","project_id":"p"}', '{"project":null,"project_id":"p"}'])
      expect(converted('commitment_open', meta).meta).toEqual({ project: 'p' });
    expect(converted('commitment_open', '{"project":"ours"}').meta).toEqual({ project: 'ours' });
    expect(converted('policy_update', '{"component":"reflection"}').meta).toEqual({});
  });

  it('a trait_update with a map of deltas, or one that no fold reads', () => {
    const of = (meta: string) => converted('trait_update', meta);
    expect(of('{"delta":{"openness":-0.3},"reason":"r"}').meta).toEqual({
      delta: { openness: -0.3 },
      reason: 'r',
    });
    expect(of('{"delta":0.2,"trait":" O "}').meta).toEqual({ delta: { O: 0.2 } });
    expect(of('{"delta":{"o":1},"trait":"n"}')).toEqual({ kind: 'trait_update', meta: {} });
    expect(of('{"changes":{"openness":0.1}}')).toEqual({ kind: 'x.pmm.trait_update', meta: {} });
    expect(of('{"reason":"r"}')).toEqual({ kind: 'trait_update', meta: { reason: 'r' } });
  });

  it('a tick with its running number', () => {
    const ledger = ['autonomy_tick', 'user', 'autonomy_tick'].map((kind) => ({ kind, meta: '{"tick":77}' }));
    const { events } = importText(ledger2025(ledger).join('\n'));
    expect(events.map((event) => bodyOf(event).meta['tick'])).toEqual([1, undefined, 2]);
  });

  it.each([
    ['123456789012345678901234567890', Number.MAX_SAFE_INTEGER],
    ['1e400', Number.MAX_SAFE_INTEGER],
    ['-9007199254740993', -Number.MAX_SAFE_INTEGER],
    ['-1E5', -100_000],
    ['1e-07', 1e-7],
    ['1.0', 1],
  ])('one with %s as the nearest number that our logs can hold; legacy keeps it', (text, held) => {
    const meta = `{"confidence":${text},"name":"Ada"}`;
    expect(converted('identity_adopt', meta).meta).toEqual({ confidence: held, name: 'Ada' });
    const [event] = importText(ledger2025([{ kind: 'identity_adopt', meta }]).join('\n')).events;
    expect(bodyOf(event).meta['legacy']).toMatchObject({
      format: '2025-10',
      id: 1,
      kind: 'identity_adopt',
      meta,
    });
  });

  it('one with an id of its own in each mind, the same at each import', () => {
    const text = ledger2025([{ kind: 'user' }]).join('\n');
    const [a, again, b] = ['a', 'a', 'b'].map((mind) => importText(text, { mind }).events[0]);
    expect(a).toEqual(again);
    expect(a?.id).not.toBe(b?.id);
  });
});
