import type { ActOf } from '../load/acts';
import { canonical } from './canonical';
import { checkAppends } from './check-appends';
import { checkChains } from './check-chains';
import { checkCommands } from './check-commands';
import { checkImports } from './check-imports';
import { checkReads } from './check-reads';
import { checkTurns } from './check-turns';
import type { LogRow } from './log-rows';
import { act, idOf, LIFE, logsOf, MIND, promises, rowsOf, without, type Draft } from './made-up-log';

describe('chains', () => {
  const check = (rows: LogRow[]) => promises((findings) => checkChains(logsOf(rows), findings));
  const changed = (position: number, by: Partial<LogRow>) =>
    rowsOf(LIFE).map((row) => (row.position === position ? { ...row, ...by } : row));

  it('has nothing to say of a whole one', () => expect(check(rowsOf(LIFE))).toEqual([]));
  it('sees a gap', () => expect(check(without(rowsOf(LIFE), 3))).toContain('positions have no gap'));
  it('sees a changed event', () => {
    const [, row] = rowsOf(LIFE);
    const event = { ...(row as LogRow).event, content: 'Bye' };
    expect(check(changed(2, { event, body: canonical(event) }))).toEqual(['a hash is that of its event']);
  });
  it('sees a fork', () => {
    const rows = rowsOf(LIFE);
    expect(check([...rows.slice(0, 6), ...rows.slice(5)])).toContain('a chain is whole');
    expect(check(changed(6, { prevHash: 'ab' }))).toContain('a chain is whole');
  });
  it('sees an id twice', () =>
    expect(check(changed(6, { id: idOf(5) }))).toContain('every id is there once'));
  it('sees a tick twice', () => {
    const twice = LIFE.map((draft): Draft =>
      draft[0] === 'autonomy_tick' ? ['autonomy_tick', '', { tick: 1 }] : draft,
    );
    expect(check(rowsOf(twice))).toEqual(['tick numbers are 1, 2, 3 …']);
  });
  it('sees a request that ticked twice', () => {
    const keyed = LIFE.map(([kind, content, meta]): Draft =>
      kind === 'autonomy_tick' ? [kind, content, { ...meta, key: 'k1' }] : [kind, content, meta],
    );
    expect(check(rowsOf(keyed))).toEqual(['a request ticks once']);
  });
});

describe('appends', () => {
  const events = [6, 7].map((position) => {
    const [kind, content, meta] = LIFE[position - 1] as Draft;
    return { id: idOf(position), kind, content, meta };
  });
  const rows = rowsOf(LIFE);
  const answer = { from: 6, to: 7, headHash: rows[6]?.hash, duplicate: false };
  const check = (acts: ActOf<'append'>[], log = rows) =>
    promises((findings) => checkAppends(acts, logsOf(log), findings));

  it('are there', () => expect(check([act('append', { events }, answer, 201)])).toEqual([]));
  it('must not be lost', () =>
    expect(check([act('append', { events }, answer, 201)], rows.slice(0, 5))).toContain(
      'an acknowledged append is there',
    ));
  it('must not be changed', () => {
    const other = events.map((event) => ({ ...event, content: 'other' }));
    expect(check([act('append', { events: other }, answer, 201)])).toEqual([
      'an event is stored as it was given',
    ]);
  });
  it('are whole even when nobody was told', () => {
    expect(check([act('append', { events }, {}, 503)])).toEqual([]);
    expect(check([act('append', { events }, {}, 503)], without(rows, 7))).toEqual([
      'an append is all or nothing',
    ]);
  });
  it('are where they were expected, also when they are sent again', () => {
    const expecting = (expectedPosition: number, duplicate: boolean) =>
      check([act('append', { events, expectedPosition }, { ...answer, duplicate }, 201)]);
    expect(expecting(5, false)).toEqual([]);
    expect(expecting(5, true)).toEqual([]);
    expect(expecting(4, false)).toEqual(['an append is where it was expected']);
    expect(expecting(4, true)).toEqual(['an append is where it was expected']);
  });
  it('keep the order in which they were acknowledged', () => {
    const [one, two] = events.map((event, n) => {
      const position = 6 + n;
      return [event, { from: position, to: position, headHash: rows[position - 1]?.hash }] as const;
    });
    const later = act('append', { events: [one?.[0]] }, one?.[1] ?? {}, 201, 100);
    const earlier = act('append', { events: [two?.[0]] }, two?.[1] ?? {}, 201, 0);
    expect(check([earlier, later])).toEqual(['appends are in order']);
  });
});

describe('imports', () => {
  const rows = rowsOf(LIFE);
  const file = { ids: rows.slice(0, 5).map(({ id }) => id) };
  const check = (body: object, status: number, log = rows, to = 5) =>
    promises((findings) => {
      const found = { logs: logsOf(log), importedTo: new Map([[MIND, to]]) };
      checkImports([act('import', { file }, body, status)], found, findings);
    });
  const answer = { events: 5, headHash: rows[4]?.hash };

  it('are there, and what follows them', () => expect(check(answer, 201)).toEqual([]));
  it('must not be lost', () =>
    expect(check(answer, 201, [], 0)).toEqual(['an acknowledged import is there']));
  it('answer the true head', () =>
    expect(check({ ...answer, headHash: rows[3]?.hash }, 201)).toEqual(['an acknowledged import is there']));
  it('are whole even when nobody was told', () => {
    expect(check({}, 409)).toEqual([]);
    expect(check({}, 409, rows.slice(0, 3))).toContain('an import is all or nothing');
    expect(check({}, 409, rows, 0)).toContain('an import is all or nothing');
  });
  it('are not refused without reason, nor left without an end', () => {
    expect(check({}, 409, rows.slice(5), 0)).toEqual(['an import is not refused without reason']);
    expect(check({}, 503, [], 0)).toEqual(['an import that is sent again and again comes to an end']);
    expect(check({}, 0)).toEqual(['an import that is sent again and again comes to an end']);
  });
});

describe('turns', () => {
  const rows = rowsOf(LIFE);
  const answer = { text: 'Hello!', positions: { user: 1, reply: 2 } };
  const check = (acts: ActOf<'turn'>[], log = rows) =>
    promises((findings) => checkTurns(acts, logsOf(log), findings));
  const turn = (body: object, status = 200) => act('turn', { turnId: 't1', text: 'Hello' }, body, status);

  it('are answered by what is recorded', () => {
    expect(check([turn(answer)])).toEqual([]);
    expect(check([turn({ ...answer, text: 'Hi' })])).toEqual(['an answer is the recorded one']);
  });
  it('have an outcome, and one', () => {
    expect(check([], rows.slice(0, 1))).toEqual(['every turn has an outcome']);
    const failed: Draft = ['turn_failed', '', { turnId: 't1' }];
    expect(check([], rowsOf([...LIFE, failed]))).toEqual(['a turn has one outcome']);
  });
  it('must not be lost', () =>
    expect(check([turn(answer)], rows.slice(2))).toEqual([
      'an acknowledged turn is there',
      'an answer is the recorded one',
      'an answered turn is there',
    ]));
  it('come to an end', () =>
    expect(check([turn({ error: { code: 'timeout' } }, 504)])).toEqual(['every turn comes to its end']));
  it('that failed say so in the log', () =>
    expect(check([turn({ error: { code: 'model_unavailable' } }, 502)])).toEqual([
      'a failed turn is recorded once',
    ]));
});

describe('commands', () => {
  const check = (acts: Parameters<typeof checkCommands>[0]) =>
    promises((findings) => checkCommands(acts, logsOf(rowsOf(LIFE)), findings));

  it('are where they say', () => {
    expect(check([act('open', { text: 'sweep' }, { cid: 'c1', position: 4, existing: false }, 201)])).toEqual(
      [],
    );
    expect(check([act('close', { cid: 'c1' }, { cid: 'c1', position: 8 })])).toEqual([]);
    expect(check([act('tick', {}, { tick: 2, position: 9 }, 202)])).toEqual([]);
  });
  it.each([
    act('open', { text: 'sweep' }, { cid: 'c1', position: 3, existing: false }, 201),
    act('close', { cid: 'c2' }, { cid: 'c2', position: 8 }),
    act('snooze', { cid: 'c1' }, { cid: 'c1', position: 8 }),
    act('tick', {}, { tick: 1, position: 9 }, 202),
    act('name', { name: 'Bo' }, { positions: [2, 3] }),
  ])('must not be lost: $kind', (lost) =>
    expect(check([lost])).toEqual(['an acknowledged command is there']),
  );
});

describe('reads', () => {
  const rows = rowsOf(LIFE);
  const check = (read: Parameters<typeof checkReads>[0][number]) =>
    promises((findings) => checkReads([read], logsOf(rows), findings));
  const self = (over: object) => ({ identity: { name: 'Ada' }, tick: 1, watermark: 5, ...over });

  it('are not older than asked', () => {
    expect(check(act('self-model', { minPosition: 5 }, self({})))).toEqual([]);
    expect(check(act('self-model', { minPosition: 6 }, self({})))).toEqual([
      'a read is not older than its minPosition',
    ]);
  });
  it('say what the log says', () => {
    expect(check(act('self-model', {}, self({ tick: 2 })))).toEqual([
      'a self-model is that of its watermark',
    ]);
    expect(check(act('self-model', {}, self({ identity: { name: null } })))).toEqual([
      'a self-model is that of its watermark',
    ]);
    expect(check(act('commitments', {}, { commitments: [{ cid: 'c1' }], watermark: 5 }))).toEqual([]);
    expect(check(act('commitments', {}, { commitments: [{ cid: 'c1' }], watermark: 8 }))).toEqual([
      'open commitments are those of the watermark',
    ]);
    expect(check(act('events', { after: 1 }, { events: [{ position: 2, hash: 'other' }] }))).toEqual([
      'events are served as they are stored',
    ]);
  });
});
