import type { Act } from '../load/acts';
import { checkAnswers } from './check-answers';
import { act, idOf, LIFE, logsOf, promises, rowsOf, type Draft } from './made-up-log';

describe('answers', () => {
  const rows = rowsOf(LIFE);
  const check = (answers: Act[], log = rows) =>
    promises((findings) => checkAnswers(answers, logsOf(log), findings));
  const FALSE = ['no answer is false'];

  it('may be late, but not false', () => {
    expect(check([act('tick', {}, {}, 503)])).toEqual([]);
    expect(check([act('tick', {}, {}, 500)])).toEqual(FALSE);
    expect(check([act('close', { cid: 'c1' }, {}, 404)])).toEqual(FALSE);
    expect(check([act('self-model', { minPosition: 5 }, {}, 400)])).toEqual(FALSE);
  });
  it.each(['append', 'turn', 'open', 'close', 'snooze', 'tick', 'name', 'import', 'self-model'] as const)(
    'say to no %s that a mind is archived, nor that it is too large',
    (kind) => {
      for (const status of [403, 413]) expect(check([act(kind, { events: [] }, {}, status)])).toEqual(FALSE);
    },
  );
  it.each(['turn', 'open', 'close', 'snooze', 'tick', 'name', 'events'] as const)(
    'speak of no conflict to a %s',
    (kind) => expect(check([act(kind, {}, conflict('version_conflict', 7), 409)])).toEqual(FALSE),
  );
  it('say that too much is open only where it is', () => {
    const open = act('open', { text: 'sweep' }, {}, 413);
    const opens = Array.from({ length: 1_000 }, (_, n): Draft => ['commitment_open', '', { cid: `c${n}` }]);
    expect(check([open], rowsOf(opens))).toEqual([]);
    expect(check([open], rowsOf(opens.slice(1)))).toEqual(FALSE);
  });
  it('blame only a turn on the model', () => {
    expect(check([act('turn', {}, {}, 502)])).toEqual([]);
    expect(check([act('open', {}, {}, 502)])).toEqual(FALSE);
  });
  it('refuse an import only for what is there', () => {
    expect(check([act('import', {}, conflict('version_conflict', 7), 409)])).toEqual([]);
    expect(check([act('import', {}, conflict('id_conflict', 7), 409)])).toEqual(FALSE);
    expect(check([act('import', {}, conflict('version_conflict', 70), 409)])).toEqual(FALSE);
  });

  const conflict = (code: string, position: number, hash = rows[position - 1]?.hash) => ({
    error: { code, head: { position, hash } },
  });
  const event = (id: string, content = 'new') => ({ id, kind: 'x.note', content, meta: {} });
  const [unknown, stored] = [event(idOf(99)), event(idOf(6))];
  const append = (over: object, body: object) => act('append', { events: [unknown], ...over }, body, 409);

  it('are conflicts where the log is elsewhere', () =>
    expect(check([append({ expectedPosition: 5 }, conflict('version_conflict', 7))])).toEqual([]));
  it.each([
    ['nothing was expected', append({}, conflict('version_conflict', 7))],
    ['it is stored', append({ expectedPosition: 5, events: [stored] }, conflict('version_conflict', 7))],
    [
      'a part is stored',
      append({ expectedPosition: 5, events: [unknown, stored] }, conflict('version_conflict', 7)),
    ],
    ['the head is the expected one', append({ expectedPosition: 7 }, conflict('version_conflict', 7))],
    ['the head is older', append({ expectedPosition: 8 }, conflict('version_conflict', 7))],
    ['there is no such head', append({ expectedPosition: 5 }, conflict('version_conflict', 70))],
    ['the head has another hash', append({ expectedPosition: 5 }, conflict('version_conflict', 7, 'ab'))],
    ['no head is named', append({ expectedPosition: 5 }, { error: { code: 'version_conflict' } })],
    ['it is of another kind', append({ expectedPosition: 5 }, conflict('mind_exists', 7))],
    ['the ids are new', append({}, conflict('id_conflict', 7))],
    ['the ids are its own', append({ events: [stored], again: true }, conflict('id_conflict', 7))],
  ])('are no conflicts where %s', (_why, refused) => expect(check([refused])).toEqual(FALSE));
  it('are conflicts of ids where two events have one id', () => {
    const refused = append({ events: [stored] }, conflict('id_conflict', 7));
    const other = act('append', { events: [event(stored.id, 'other')] }, {}, 201);
    expect(check([other, refused])).toEqual([]);
  });
});
