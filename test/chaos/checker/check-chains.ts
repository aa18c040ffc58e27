import { canonical, hashOf } from './canonical';
import type { Logs, LogRow } from './log-rows';
import type { Findings } from './violation';

/** Positions without gaps, each hash recomputed from the event, each event on the one before; ids and ticks once. */
export function checkChains(logs: Logs, findings: Findings): void {
  for (const [mind, rows] of logs) {
    rows.forEach((row, index) => checkRow(row, rows[index - 1], findings));
    checkOnce(
      mind,
      'every id is there once',
      rows.map(({ id }) => id),
      findings,
    );
    checkTicks(mind, rows, findings);
  }
}

function checkRow(row: LogRow, before: LogRow | undefined, findings: Findings): void {
  const { mind, position, event } = row;
  const wanted = (before?.position ?? 0) + 1;
  findings.expect(
    position === wanted,
    'positions have no gap',
    mind,
    () => `${position} where ${wanted} belongs`,
  );
  const prevHash = before?.hash ?? null;
  findings.expect(
    row.prevHash === prevHash,
    'a chain is whole',
    mind,
    () => `#${position} does not continue #${position - 1}`,
  );
  findings.expect(
    hashOf(event) === row.hash,
    'a hash is that of its event',
    mind,
    () => `#${position}: ${row.body}`,
  );
  findings.expect(
    canonical(event) === row.body,
    'a text is canonical',
    mind,
    () => `#${position}: ${row.body}`,
  );
  const agrees =
    event.mind === mind && event.position === position && event.id === row.id && event.kind === row.kind;
  findings.expect(agrees && event.prevHash === row.prevHash, 'columns and text agree', mind, () => row.body);
  const inTime = before === undefined || before.event.at <= event.at;
  findings.expect(inTime, 'time does not go back', mind, () => `#${position} at ${event.at}`);
}

function checkTicks(mind: string, rows: readonly LogRow[], findings: Findings): void {
  const metas = rows.filter(({ kind }) => kind === 'autonomy_tick').map(({ event }) => event.meta);
  const keys = metas.flatMap(({ key }) => (typeof key === 'string' ? [key] : []));
  checkOnce(mind, 'a request ticks once', keys, findings);
  const ticks = metas.map(({ tick }) => tick);
  const wanted = ticks.map((_, index) => index + 1);
  findings.expect(canonical(ticks) === canonical(wanted), 'tick numbers are 1, 2, 3 …', mind, () =>
    canonical(ticks),
  );
}

export function checkOnce(mind: string, promise: string, names: readonly string[], findings: Findings): void {
  const seen = new Set<string>();
  for (const name of names) {
    findings.expect(!seen.has(name), promise, mind, () => name);
    seen.add(name);
  }
}
