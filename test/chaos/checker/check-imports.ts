import type { ActOf } from '../load/acts';
import { rowAt, type Logs } from './log-rows';
import type { Findings } from './violation';

/**
 * A file is in its mind's log as a whole, before all else, or not at all; it is there when its import was acknowledged, or
 * refused: nobody else writes to its mind before.
 */
export function checkImports(
  acts: readonly ActOf<'import'>[],
  { logs, importedTo }: { logs: Logs; importedTo: ReadonlyMap<string, number> },
  findings: Findings,
): void {
  for (const { mind, input, outcome } of acts) {
    const { ids } = input.file;
    const rows = logs.get(mind) ?? [];
    const wanted = new Set(ids);
    const found = rows.filter(({ id }) => wanted.has(id)).length;
    const inOrder = ids.every((id, index) => rows[index]?.id === id);
    const isWhole = found === ids.length && inOrder && importedTo.get(mind) === ids.length;
    const isAbsent = found === 0 && importedTo.get(mind) === 0;
    findings.expect(
      isWhole || isAbsent,
      'an import is all or nothing',
      mind,
      () => `${found} of ${ids.length} are there, imported to ${importedTo.get(mind)}`,
    );
    const isRefused = outcome.status >= 300 && outcome.status < 429;
    findings.expect(
      isRefused || outcome.status === 201,
      'an import that is sent again and again comes to an end',
      mind,
      () => JSON.stringify(outcome),
    );
    findings.expect(!isRefused || isWhole, 'an import is not refused without reason', mind, () =>
      JSON.stringify(outcome),
    );
    if (outcome.status !== 201) continue;
    const { events, headHash } = outcome.body;
    const isThere = isWhole && events === ids.length && rowAt(rows, events)?.hash === headHash;
    findings.expect(isThere, 'an acknowledged import is there', mind, () => JSON.stringify(outcome.body));
  }
}
