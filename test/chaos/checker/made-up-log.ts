import type { Act, ActOf } from '../load/acts';
import { canonical, hashOf } from './canonical';
import type { LogRow, Logs } from './log-rows';
import { Findings } from './violation';

export type Draft = [kind: string, content: string, meta: Record<string, unknown>];

export const MIND = 'm';
export const idOf = (position: number) => `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`;

export function rowsOf(drafts: readonly Draft[]): LogRow[] {
  const rows: LogRow[] = [];
  drafts.forEach(([kind, content, meta], index) => {
    const position = index + 1;
    const at = `2026-01-01T00:00:${String(index).padStart(2, '0')}.000Z`;
    const prevHash = rows.at(-1)?.hash ?? null;
    const event = { mind: MIND, position, id: idOf(position), kind, version: 1, at, content, meta, prevHash };
    rows.push({
      mind: MIND,
      position,
      id: event.id,
      kind,
      prevHash,
      hash: hashOf(event),
      body: canonical(event),
      event,
    });
  });
  return rows;
}

export const LIFE: Draft[] = [
  ['user_message', 'Hello', { turnId: 't1' }],
  ['assistant_message', 'Hello!', { turnId: 't1' }],
  ['identity_adopt', '', { name: 'Ada' }],
  ['commitment_open', 'sweep', { cid: 'c1' }],
  ['autonomy_tick', '', { tick: 1 }],
  ['x.note', 'one', { n: 1 }],
  ['x.note', 'two', { n: 2 }],
  ['commitment_close', '', { cid: 'c1' }],
  ['autonomy_tick', '', { tick: 2 }],
];

export const promises = (check: (findings: Findings) => void): string[] => {
  const findings = new Findings();
  check(findings);
  return [...new Set(findings.violations.map(({ promise }) => promise))].sort();
};
export const logsOf = (rows: LogRow[]): Logs => new Map([[MIND, rows]]);
export const without = (rows: LogRow[], position: number) => rows.filter((row) => row.position !== position);

export function act<K extends Act['kind']>(
  kind: K,
  input: object,
  body: object,
  status = 200,
  startedMs = 0,
): ActOf<K> {
  const outcome = { status, body, attempts: 1, tookMs: 1, busy: 0, busyWithoutRetryAfter: 0 };
  return { kind, mind: MIND, input, startedMs, endedMs: startedMs + 1, outcome } as unknown as ActOf<K>;
}
