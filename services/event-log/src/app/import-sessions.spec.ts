import { systemClock } from '#libs/kernel';
import { chainEvents, EMPTY_HEAD, eventLine } from '../core/chain.core';
import { ImportSessions, type ImportSessionsParts } from './import-sessions';

const MIND = 'ada';
const QUIET_MS = 20;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const text = chainEvents(
  MIND,
  EMPTY_HEAD,
  Array.from({ length: 40 }, (_, n) => ({
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    ...{ kind: 'x.note', version: 1, content: 'x'.repeat(200), metaJson: '{}' },
  })),
  0,
)
  .map((event) => `${eventLine(event)}\n`)
  .join('');

it('a chunk that comes while an import is being given up waits for that, and finds it given up', async () => {
  const done: string[] = [];
  let rolledBack = () => undefined as void;
  const transaction = {
    insert: () => Promise.resolve(void done.push('insert')),
    commit: () => Promise.resolve(void done.push('commit')),
    rollback: () =>
      new Promise<void>((resolve) => {
        done.push('rollback');
        rolledBack = () => void (done.push('rolled back'), resolve());
      }),
  };
  const minds = {
    state: () => Promise.resolve({ record: { archivedAt: null } }),
    dropHead: () => undefined,
  };
  const sessions = new ImportSessions({
    store: { begin: () => Promise.resolve(transaction) },
    ...{ minds, announcer: {}, clock: systemClock, quietMs: QUIET_MS },
    onRollbackFailed: () => undefined,
  } as unknown as ImportSessionsParts);

  const half = text.length / 2;
  await sessions.take({ mind: MIND, session: 's', seq: 0, text: text.slice(0, half), last: false });
  while (!done.includes('rollback')) await pause(5);
  const second = sessions.take({ mind: MIND, session: 's', seq: 1, text: text.slice(half), last: true });
  await pause(20);
  rolledBack();
  await expect(second).rejects.toMatchObject({ code: 'timeout' });
  expect(done).toEqual(['insert', 'rollback', 'rolled back']);
});
