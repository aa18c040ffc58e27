import { httpTo, type Answer, type Http } from '#test/support/http';
import { startSystem, type System } from '#test/support/system';

const MIND = 'edge';
let system: System;
let http: Http;

const headOf = async () => JSON.stringify((await http.get(`/v1/minds/${MIND}`)).body.head);
const codeOf = (answer: Answer) => (answer.body.error as { code?: string } | undefined)?.code;

beforeAll(async () => {
  system = await startSystem();
  http = httpTo(system.http);
  await http.post('/v1/minds', { id: MIND, tickIntervalMs: 3_600_000 });
  await http.post(`/v1/minds/${MIND}/turns`, { text: 'Hello.', turnId: 'first' });
}, 120_000);
afterAll(async () => system?.stop(), 30_000);

/** What a mistaken or hostile caller may send, and the one code it must get. */
const CASES: [what: string, call: () => Promise<Answer>, status: number, code: string][] = [
  ['a wrong type', () => http.post(`/v1/minds/${MIND}/turns`, { text: 5 }), 400, 'invalid_request'],
  [
    'an unknown field',
    () => http.post(`/v1/minds/${MIND}/turns`, { text: 'a', nonsense: 1 }),
    400,
    'invalid_request',
  ],
  ['no text', () => http.post(`/v1/minds/${MIND}/turns`, {}), 400, 'invalid_request'],
  ['empty text', () => http.post(`/v1/minds/${MIND}/turns`, { text: '' }), 400, 'invalid_request'],
  [
    '33 KiB of text',
    () => http.post(`/v1/minds/${MIND}/turns`, { text: 'a'.repeat(33 * 1024) }),
    413,
    'too_large',
  ],
  [
    '33 KiB of two-byte text',
    () => http.post(`/v1/minds/${MIND}/turns`, { text: 'é'.repeat(17 * 1024) }),
    413,
    'too_large',
  ],
  [
    'a 2 MiB body',
    () => http.post(`/v1/minds/${MIND}/turns`, { text: 'a'.repeat(2 * 1024 * 1024) }),
    413,
    'too_large',
  ],
  ['U+0000', () => http.post(`/v1/minds/${MIND}/turns`, { text: 'a\u0000b' }), 400, 'invalid_event'],
  ['broken JSON', () => http.send('POST', `/v1/minds/${MIND}/turns`, '{"text":'), 400, 'invalid_request'],
  ['a list for an object', () => http.send('POST', `/v1/minds/${MIND}/turns`, '[]'), 400, 'invalid_request'],
  [
    'a lone surrogate',
    () => http.send('POST', `/v1/minds/${MIND}/turns`, '{"text":"a\\ud800b"}'),
    400,
    'invalid_event',
  ],
  [
    'another content type',
    () => http.send('POST', `/v1/minds/${MIND}/turns`, '{"text":"a"}', { 'content-type': 'text/plain' }),
    400,
    'invalid_request',
  ],
  [
    'a known turnId with other text',
    () => http.post(`/v1/minds/${MIND}/turns`, { text: 'Other.', turnId: 'first' }),
    409,
    'id_conflict',
  ],
  [
    'a turnId with a space',
    () => http.post(`/v1/minds/${MIND}/turns`, { text: 'a', turnId: 'a b' }),
    400,
    'invalid_request',
  ],
  ['an unknown kind', () => event({ kind: 'nonsense', content: '', meta: {} }), 400, 'invalid_request'],
  [
    'a kind of the registry',
    () => event({ kind: 'identity_adopt', content: '', meta: {} }),
    400,
    'invalid_request',
  ],
  ['meta that is no object', () => event({ kind: 'x.a', content: '', meta: [] }), 400, 'invalid_request'],
  [
    'meta with U+0000',
    () => event({ kind: 'x.a', content: '', meta: { a: '\u0000' } }),
    400,
    'invalid_event',
  ],
  ['a legacy field', () => event({ kind: 'x.a', content: '', meta: { legacy: {} } }), 400, 'invalid_event'],
  ['a negative position', () => http.get(`/v1/minds/${MIND}/events?after=-1`), 400, 'invalid_request'],
  ['a fractional position', () => http.get(`/v1/minds/${MIND}/events?after=1.5`), 400, 'invalid_request'],
  ['limit=100000', () => http.get(`/v1/minds/${MIND}/events?limit=100000`), 400, 'invalid_request'],
  ['an unknown query field', () => http.get(`/v1/minds/${MIND}/events?nonsense=1`), 400, 'invalid_request'],
  [
    'minPosition beyond the head',
    () => http.get(`/v1/minds/${MIND}/self-model?minPosition=99999`),
    400,
    'invalid_request',
  ],
  ['at beyond the head', () => http.get(`/v1/minds/${MIND}/self-model?at=99999`), 400, 'invalid_request'],
  ['an unknown mind', () => http.get('/v1/minds/nobody/self-model'), 404, 'unknown_mind'],
  ['an unknown path', () => http.get('/v1/nonsense'), 404, 'not_found'],
  ['a mind that exists', () => http.post('/v1/minds', { id: MIND }), 409, 'mind_exists'],
  ['a mind id with two dots', () => http.post('/v1/minds', { id: '..' }), 400, 'invalid_request'],
  ['a mind id with a star', () => http.get('/v1/minds/a*'), 400, 'invalid_request'],
  ['a mind id with >', () => http.get('/v1/minds/a%3E'), 400, 'invalid_request'],
  ['a mind id with a dot', () => http.get('/v1/minds/a.b'), 400, 'invalid_request'],
  ['a mind id with a space', () => http.get('/v1/minds/a%20b'), 400, 'invalid_request'],
  ['a mind id of 64 characters', () => http.get(`/v1/minds/${'a'.repeat(64)}`), 400, 'invalid_request'],
  ['an encoded slash in a mind id', () => http.get('/v1/minds/..%2Fx'), 400, 'invalid_request'],
  [
    'closing an unknown commitment',
    () => http.post(`/v1/minds/${MIND}/commitments/nope/close`, { evidence: [1] }),
    404,
    'not_found',
  ],
  [
    'a name with a line break',
    () => http.post(`/v1/minds/${MIND}/identity`, { name: 'A\nB' }),
    400,
    'invalid_request',
  ],
  [
    'a due time that is no time',
    () => http.post(`/v1/minds/${MIND}/commitments`, { text: 'abc', dueAt: 'soon' }),
    400,
    'invalid_request',
  ],
  [
    'an import into a mind that has events',
    () => http.send('POST', `/v1/minds/${MIND}/import`, '{}\n', { 'content-type': 'application/x-ndjson' }),
    409,
    'version_conflict',
  ],
];

const event = (given: object) => http.post(`/v1/minds/${MIND}/events`, { events: [given] });

describe('bad input gets a clear error and leaves the log as it was', () => {
  it.each(CASES)('%s', async (_what, call, status, code) => {
    const before = await headOf();
    const answer = await call();
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status, code });
    expect(await headOf()).toBe(before);
  });

  it('limit=0 is simply empty', async () => {
    const answer = await http.get(`/v1/minds/${MIND}/events?limit=0`);
    expect(answer.status).toBe(200);
    expect(answer.body.events).toEqual([]);
  });
});

describe('an import that is cut stores nothing', () => {
  const exported = async () => (await http.get(`/v1/minds/${MIND}/export`)).text;
  const importInto = (mind: string, text: string, type = 'application/x-ndjson') =>
    http.send('POST', `/v1/minds/${mind}/import`, text, { 'content-type': type });

  it('wherever an own export is cut', async () => {
    const text = await exported();
    await http.post('/v1/minds', { id: 'cut' });
    for (let part = 1; part <= 12; part++) {
      const answer = await importInto('cut', text.slice(0, Math.floor((text.length * part) / 13)));
      expect({ part, status: answer.status }).toEqual({ part, status: 400 });
    }
    for (const short of [1, 2, 3])
      expect((await importInto('cut', text.slice(0, -short - 1))).status).toBe(400);
    expect((await http.get('/v1/minds/cut')).body.head).toEqual({ position: 0, hash: null });
    const whole = await importInto('cut', text);
    expect(whole.status).toBe(201);
  });
});
