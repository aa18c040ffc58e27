import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { chainEvents, EMPTY_HEAD, eventLine } from '../chain.core';
import { exportLine } from '../export-line.core';
import {
  bodyOf,
  goldenExpected,
  goldenNames,
  goldenText,
  importText,
  NOW_MS,
  refusal,
} from '../../../test/ledgers';
import { ledger10, ledger2025 } from '../../../test/ledger-writer';
import { readJson } from './json-reader';
import { pythonJson } from './python-json';
import { sha256 } from '#libs/kernel';

const legacyOf = (event: Parameters<typeof bodyOf>[0]) =>
  bodyOf(event).meta['legacy'] as {
    id: number;
    ts: string;
    kind: string;
    meta: string;
    prevHash: string;
    hash: string;
  };

describe('golden ledgers', () => {
  it.each(goldenNames)(
    '%s imports, every event at its id, and its old chain can be proved from ours',
    (name) => {
      const { events, format } = importText(goldenText(name));
      expect(format).toBe('2025-10');
      expect(events).toHaveLength(goldenExpected(name).events);
      expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
      expect(legacyOf(events.at(-1)).hash).toBe(goldenExpected(name).headHash);
      for (const event of events) {
        const { id, ts, kind, meta, prevHash, hash } = legacyOf(event);
        const fields = JSON.stringify({
          id,
          ts,
          kind,
          content: bodyOf(event).content,
          meta: 0,
          prev_hash: prevHash,
        });
        const old = readJson(fields, { maxDepth: 2 }) as Map<string, never>;
        old.set('meta', readJson(meta, { maxDepth: 64 }) as never);
        expect(sha256(pythonJson(old))).toBe(hash);
      }
    },
  );

  it('come to the same chain however the text is sliced, as lines and as an array', () => {
    const text = goldenText('ledger-3.jsonl');
    const array = `[${text.trim().split('\n').join(' ,\n')} ]\n`;
    const whole = importText(text).events.at(-1)?.hash;
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.nat(), { maxLength: 8 }), (asArray, cuts) => {
        expect(importText(asArray ? array : text, { cuts }).events.at(-1)?.hash).toBe(whole);
      }),
      { numRuns: 40 },
    );
  });

  it('are refused for any one changed character, naming the event', () => {
    const names = fc.constantFrom(...goldenNames);
    const fields = fc.constantFrom('id', 'kind', 'content', 'meta', 'prev_hash', 'hash');
    fc.assert(
      fc.property(
        names,
        fields,
        fc.nat(),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (name, ...how) => {
          const lines = goldenText(name).trim().split('\n');
          const changed = changeLine(lines, how);
          fc.pre(changed !== null);
          expect(refusal(lines.join('\n'))).toMatch(new RegExp(`^event id ${changed}:`));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Puts another character into the raw text of a field; null when that means the same. Answers the id of the event. */
function changeLine(
  lines: string[],
  [field, which, where, char]: [string, number, number, string],
): number | null {
  const index = which % lines.length;
  const line = lines[index] ?? '';
  const start = line.indexOf(`"${field}": `) + field.length + 4;
  const end =
    field === 'hash'
      ? line.length - 1
      : line.indexOf(', "', field === 'meta' ? line.indexOf('}, "prev') : start);
  const at = start + (where % Math.max(1, end - start));
  const changed = line.slice(0, at) + char + line.slice(at + 1);
  if (means(changed) === means(line)) return null;
  lines[index] = changed;
  return index + 1;
}

function means(line: string): string {
  try {
    return pythonJson(readJson(line, { maxDepth: 64 }));
  } catch {
    return 'nothing';
  }
}

const realLedger = process.env['PMM_REAL_LEDGER'] ?? 'none';
const describeReal = existsSync(realLedger) ? describe : describe.skip;

/** The ledger of a real run is not part of the repository; `PMM_REAL_LEDGER` tells where a copy is. */
describeReal('a real ledger of 1.0', () => {
  const events = existsSync(realLedger)
    ? (JSON.parse(readFileSync(realLedger, 'utf8')) as Record<string, string | number | null>[])
    : [];

  it('imports', () => {
    const imported = importText(readFileSync(realLedger, 'utf8'), { cuts: [1, 70_000, 300_001] });
    expect(imported.format).toBe('1.0');
    expect(imported.events).toHaveLength(823);
    expect(legacyOf(imported.events[822]).hash).toBe(events[822]?.['hash']);
  });

  it('is refused for any one changed character, naming the event', () => {
    const fields = fc.constantFrom('id', 'kind', 'content', 'meta', 'prev_hash', 'hash');
    fc.assert(
      fc.property(
        fc.nat(events.length - 1),
        fields,
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        (index, field, where, char) => {
          const changed = structuredClone(events);
          const event = changed[index] as Record<string, string | number | null>;
          const text = String(event[field]);
          const at = where % Math.max(1, text.length);
          const other = text.slice(0, at) + char + text.slice(at + 1);
          fc.pre(other !== text);
          event[field] =
            field === 'id' && Number.isFinite(Number(other)) && other.trim() !== '' ? Number(other) : other;
          fc.pre(event[field] !== events[index]?.[field]);
          expect(refusal(JSON.stringify(changed))).toMatch(new RegExp(`^event id ${index + 1}:`));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is refused when an escape in meta is only spelled in another way', () => {
    const changed = structuredClone(events);
    const index = changed.findIndex(({ meta }) => String(meta).includes('\\u21d0'));
    expect(index).toBeGreaterThan(0);
    (changed[index] as Record<string, string>)['meta'] = String(changed[index]?.['meta']).replace(
      '\\u21d0',
      '\\u21D0',
    );
    expect(refusal(JSON.stringify(changed))).toMatch(
      `event id ${index + 1}: meta: text is escaped in an unusual way`,
    );
  });
});

describe('an original ledger', () => {
  it('is hashed with its numbers as they were written', () => {
    const meta = '{"a":1.0,"b":1e-07,"c":12345678901234567890,"d":[0.1,-0,1E+2]}';
    const [event] = importText(ledger2025([{ kind: 'odd', meta }]).join('\n')).events;
    expect(legacyOf(event).meta).toBe(meta);
    expect(
      refusal(
        ledger2025([{ kind: 'odd', meta }])
          .join('\n')
          .replace('1.0,', '1,'),
      ),
    ).toMatch('event id 1: hash does not fit');
  });

  it('is hashed with keys sorted by code point at every depth and everything but ASCII escaped', () => {
    const hashed =
      '{"a":{"\\ue000":"\\u65e5\\u672c","\\ud83d\\ude00":"\\u007f"},"z":"\\b\\f\\n\\r\\t\\"\\\\/"}';
    const metaText = '{"z": "\\b\\f\\n\\r\\t\\"\\\\/", "a": {"😀": "\u007f", "\ue000": "日本"}}';
    expect(importText(ledger10([{ kind: 'odd', meta: hashed, metaText }]).join('\n')).format).toBe('1.0');
  });

  const ids = (first: string) =>
    ledger2025([{ kind: 'user', content: 'hello' }])
      .join('\n')
      .replace('"id": 1', first);

  it.each([
    ['', 'the file is empty'],
    [' \n\t', 'the file is empty'],
    ['[]', 'the file holds no event'],
    ['[ ]\n', 'the file holds no event'],
    ['hello', 'the file is neither a JSON array nor JSON lines'],
    ['[1]', 'event id 1: there is no valid JSON array at its beginning'],
    ['[{"id": 1}', 'event id 1: id is missing|event id 1: ts is missing'],
    ['{"id": 1', 'event id 1: "}" is missing'],
    [ids('"id": 1.0'), 'event id 1: id is not a whole number'],
    [ids('"id": 2'), 'event id 1: the file says id 2 here'],
    [ids('"id": 1, "id": 1'), 'event id 1: the key "id" occurs twice'],
    [ids('"id": 1, "note": ""'), 'event id 1: "note" is no field of it'],
    [`[${ids('"id": 1')}] x`, 'text follows the end of the JSON array'],
    [`[${ids('"id": 1')}`, 'the JSON array is cut: its end is missing'],
    [`[${ids('"id": 1')},`, 'the JSON array is cut: its end is missing'],
    [`[${ids('"id": 1')},]`, 'event id 2: there is no valid JSON array at its beginning'],
    [`[${ids('"id": 1')}${ids('"id": 2')}]`, 'event id 2: there is no valid JSON array at its beginning'],
    [`${ids('"id": 1')} ${ids('"id": 2')}`, 'event id 1: more text follows'],
  ])('is refused: %s', (text, message) =>
    expect(refusal(text)).toMatch(new RegExp(message.replace(/[()]/g, '.'))),
  );

  it('is refused wherever an array is cut, and wherever a line is cut', () => {
    const lines = goldenText('ledger-2.jsonl').trim();
    const array = `[${lines.split('\n').join(',\n')}]`;
    fc.assert(
      fc.property(fc.nat(array.length - 1), fc.nat(lines.length - 1), (cutArray, cutLines) => {
        expect(refusal(array.slice(0, cutArray))).not.toBe('accepted');
        fc.pre(lines[cutLines] !== '\n' && lines[cutLines - 1] !== '\n' && cutLines > 0);
        expect(refusal(lines.slice(0, cutLines))).not.toBe('accepted');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when time goes back, is no time, or text can’t be stored', () => {
    const at = (...times: string[]) =>
      refusal(ledger2025(times.map((ts) => ({ kind: 'user', ts }))).join('\n'));
    expect(at('2025-09-01T00:00:00.000002+00:00', '2025-09-01T00:00:00.000001+00:00')).toMatch(
      'event id 2: ts is before',
    );
    expect(at('2025-09-01T00:00:00.000001', '2025-09-01T00:00:00.000001Z')).toBe('accepted');
    expect(at('2025-09-01T02:00:00+02:00', '2025-09-01T00:00:00Z')).toBe('accepted');
    for (const ts of ['2025-02-30T00:00:00Z', '2025-09-01', 'yesterday', '2025-09-01T24:00:00Z'])
      expect(at(ts)).toMatch('event id 1: ts is not a time');
    expect(refusal(ledger2025([{ kind: 'user', content: '\u0000' }]).join(''))).toMatch(
      'event id 1: text holds U+0000',
    );
    expect(refusal(ledger2025([{ kind: 'user', content: '\ud800' }]).join(''))).toMatch(
      'event id 1: text holds a lone surrogate',
    );
    expect(refusal(ledger10([{ kind: 'user', meta: '{"a":"\\u0000"}' }]).join(''))).toMatch(
      'event id 1: meta: text holds U',
    );
  });

  it('is refused when an event follows that is sound in itself but belongs to another chain', () => {
    const of = (content: string) => ledger2025([{ kind: 'user', content }, { kind: 'user' }]);
    expect(refusal([of('a')[0], of('b')[1]].join('\n'))).toMatch(
      'event id 2: prev_hash is not the hash of the event before',
    );
    expect(refusal(of('a')[1]?.replace('"id": 2', '"id": 1') ?? '')).toMatch('event id 1: prev_hash');
  });

  it('is refused when the format changes within the file', () => {
    const [first] = ledger10([{ kind: 'user' }]);
    expect(refusal(`${first}\n${first?.replace('"{}"', '{}').replace('"id": 1', '"id": 2')}`)).toMatch(
      'event id 2: meta is not a text',
    );
  });

  it('is refused when an event is too large for a message', () => {
    expect(refusal(ledger2025([{ kind: 'user', content: 'é'.repeat(450 * 1024) }]).join(''))).toMatch(
      'event id 1: it is over',
    );
    expect(refusal(ledger2025([{ kind: 'user', content: 'e'.repeat(800 * 1024) }]).join(''))).toBe(
      'accepted',
    );
  });

  it('gives times in milliseconds, never after the import', () => {
    const ledger = ledger2025([
      { kind: 'user', ts: '2025-09-01T00:00:08.118999+00:00' },
      { kind: 'user', ts: '2999-09-01T00:00:08+00:00' },
    ]).join('\n');
    expect(importText(ledger).events.map((event) => bodyOf(event).at)).toEqual([
      '2025-09-01T00:00:08.118Z',
      new Date(NOW_MS).toISOString(),
    ]);
  });
});

describe('an own export', () => {
  const loose = (n: number) => ({
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    ...{ kind: 'x.note', version: 1, content: `n ${n} é`, metaJson: `{"n":${n}}` },
  });
  const events = chainEvents('old', EMPTY_HEAD, [1, 2, 3, 4].map(loose), NOW_MS);
  const closing = exportLine({ mind: 'old', events: 4, headHash: events[3]?.hash ?? null });
  const text = [...events.map(eventLine), closing, ''].join('\n');

  it('comes to the same chain for the same mind and to another one for another', () => {
    expect(importText(text, { mind: 'old' }).events).toEqual(events);
    const copy = importText(text, { mind: 'copy' });
    expect(copy.format).toBe('pmm.v1');
    expect(copy.events[3]?.hash).not.toBe(events[3]?.hash);
    expect(copy.events.map(({ id, kind, atMs }) => ({ id, kind, atMs }))).toEqual(
      events.map(({ id, kind, atMs }) => ({ id, kind, atMs })),
    );
  });

  it('comes in as an array too', () => {
    expect(importText(`[${text.trim().split('\n').join(',')}]`, { mind: 'old' }).events).toEqual(events);
  });

  it('of an empty mind is an export line alone', () => {
    const line = exportLine({ mind: 'old', events: 0, headHash: null });
    expect(importText(line)).toEqual({ events: [], format: 'pmm.v1' });
  });

  it('is refused wherever it is cut', () => {
    for (let cut = 0; cut < text.length - 1; cut++) expect(refusal(text.slice(0, cut))).not.toBe('accepted');
    expect(refusal(text.slice(0, -1))).toBe('accepted');
    expect(refusal(text.slice(0, text.indexOf('{"export"')))).toMatch('the export is cut');
  });

  it('is refused for any one changed character', () => {
    fc.assert(
      fc.property(fc.nat(text.length - 2), fc.string({ minLength: 1, maxLength: 1 }), (at, char) => {
        fc.pre(!'\n '.includes(text[at] ?? '') && !' \t\r\n'.includes(char) && char !== text[at]);
        expect(refusal(text.slice(0, at) + char + text.slice(at + 1))).not.toBe('accepted');
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['another count', text.replace('"events":4', '"events":3'), 'the export line does not fit'],
    ['text after its end', `${text}${closing}`, 'an item follows the export line'],
    [
      'a bad hash in the middle',
      text.replace(events[1]?.hash ?? '', 'a'.repeat(64)),
      'event id 2: hash does not fit',
    ],
    [
      'another mind in the middle',
      text.replace(/"mind":"old","position":3/, '"mind":"odd","position":3'),
      'event id 3',
    ],
  ])('is refused with %s', (_what, changed, message) => expect(refusal(changed)).toMatch(message));

  it('is refused when an event could not have been appended', () => {
    const forged = (kind: string, metaJson: string) => {
      const chain = chainEvents('old', EMPTY_HEAD, [{ ...loose(1), kind, metaJson }], NOW_MS);
      const line = exportLine({ mind: 'old', events: 1, headHash: chain[0]?.hash ?? null });
      return refusal([...chain.map(eventLine), line].join('\n'));
    };
    expect(forged('autonomy_tick', '{"tick":"one"}')).toMatch('event id 1: autonomy_tick');
    expect(forged('unheard_of', '{}')).toMatch('event id 1: kind is not valid');
    expect(forged('x.note', '{"n":1.0}')).toMatch('event id 1: 1.0 is not how the export writes that number');
    expect(forged('commitment_snooze', '{"legacy":{"id":1},"untilTick":null}')).toBe('accepted');
  });
});
