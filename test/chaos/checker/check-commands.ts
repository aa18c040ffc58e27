import type { Act, ActOf } from '../load/acts';
import { rowAt, type Logs, type LogRow } from './log-rows';
import { checkOnce } from './check-chains';
import type { Findings } from './violation';

type Command = ActOf<'open' | 'close' | 'snooze' | 'tick' | 'name'>;

/** What an acknowledged command says that it wrote is at the position that it named. */
export function checkCommands(acts: readonly Command[], logs: Logs, findings: Findings): void {
  for (const [mind, rows] of logs) {
    const opens = rows.filter(({ kind }) => kind === 'commitment_open');
    checkOnce(
      mind,
      'a commitment is opened once',
      opens.map(({ event }) => String(event.meta.cid)),
      findings,
    );
  }
  for (const act of acts) {
    if (act.outcome.status < 200 || act.outcome.status >= 300) continue;
    const isThere = placesOf(act, logs.get(act.mind) ?? []);
    findings.expect(isThere, 'an acknowledged command is there', act.mind, () => describe(act));
  }
}

function placesOf(act: Command, rows: readonly LogRow[]): boolean {
  const { body } = act.outcome;
  const row = rowAt(rows, body.position);
  switch (act.kind) {
    case 'open':
      return isOpen(row, body.cid) && (body.existing === true || row?.event.content === act.input.text);
    case 'close':
      return row?.kind === 'commitment_close' && row.event.meta.cid === act.input.cid;
    case 'snooze':
      return row?.kind === 'commitment_snooze' && row.event.meta.cid === act.input.cid;
    case 'tick':
      return row?.kind === 'autonomy_tick' && row.event.meta.tick === body.tick;
    case 'name': {
      const adopted = (body.positions as number[]).map((position) => rowAt(rows, position));
      return adopted.some(
        (found) => found?.kind === 'identity_adopt' && found.event.meta.name === act.input.name,
      );
    }
  }
}

const isOpen = (row: LogRow | undefined, cid: unknown): boolean =>
  row?.kind === 'commitment_open' && row.event.meta.cid === cid;

const describe = ({ kind, input, outcome }: Act): string =>
  JSON.stringify({ kind, input, body: outcome.body });
