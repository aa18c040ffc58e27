import type { ActOf } from '../load/acts';
import { canonical } from './canonical';
import { rowAt, type Logs, type LogRow } from './log-rows';
import type { Findings } from './violation';

type StateRead = ActOf<'self-model' | 'commitments' | 'reflections'>;

/** No read is older than its `minPosition`, and what it says is what the log says at its watermark. */
export function checkReads(
  acts: readonly (StateRead | ActOf<'events'>)[],
  logs: Logs,
  findings: Findings,
): void {
  for (const act of acts) {
    if (act.outcome.status !== 200) continue;
    const rows = logs.get(act.mind) ?? [];
    if (act.kind === 'events') checkEvents(act, rows, findings);
    else checkState(act, rows, findings);
  }
}

function checkState(act: StateRead, rows: readonly LogRow[], findings: Findings): void {
  const { mind, kind, input, outcome } = act;
  const watermark = Number(outcome.body.watermark);
  const minPosition = input.minPosition ?? 0;
  findings.expect(
    watermark >= minPosition,
    'a read is not older than its minPosition',
    mind,
    () => `${kind}: ${watermark} < ${minPosition}`,
  );
  const folded = rows.filter(({ position }) => position <= watermark);
  findings.expect(
    folded.length === watermark,
    'a watermark is a position of the log',
    mind,
    () => `${kind}: ${watermark} of ${rows.length}`,
  );
  if (kind === 'self-model') checkSelf(mind, outcome.body, folded, findings);
  if (kind === 'commitments') checkOpen(mind, outcome.body, folded, findings);
}

function checkSelf(
  mind: string,
  body: Record<string, unknown>,
  rows: readonly LogRow[],
  findings: Findings,
): void {
  const { name } = body.identity as { name: string | null };
  const adopted = rows.findLast(({ kind }) => kind === 'identity_adopt');
  const wanted = (adopted?.event.meta.name as string | undefined) ?? null;
  findings.expect(
    name === wanted,
    'a self-model is that of its watermark',
    mind,
    () => `${name}, not ${wanted}, at ${rows.length}`,
  );
  const ticks = rows.filter(({ kind }) => kind === 'autonomy_tick').length;
  findings.expect(
    body.tick === ticks,
    'a self-model is that of its watermark',
    mind,
    () => `tick ${String(body.tick)}, not ${ticks}, at ${rows.length}`,
  );
}

function checkOpen(
  mind: string,
  body: Record<string, unknown>,
  rows: readonly LogRow[],
  findings: Findings,
): void {
  const open = new Set<string>();
  for (const { kind, event } of rows) {
    if (kind === 'commitment_open') open.add(String(event.meta.cid));
    if (kind === 'commitment_close' || kind === 'commitment_expire') open.delete(String(event.meta.cid));
  }
  if (body.next !== undefined) return;
  const listed = (body.commitments as { cid: string }[]).map(({ cid }) => cid);
  const isSame = canonical([...open].sort()) === canonical([...listed].sort());
  findings.expect(isSame, 'open commitments are those of the watermark', mind, () =>
    canonical({ at: rows.length, listed: [...listed].sort(), open: [...open].sort() }),
  );
}

function checkEvents(
  { mind, input, outcome }: ActOf<'events'>,
  rows: readonly LogRow[],
  findings: Findings,
): void {
  const events = outcome.body.events as { position: number; hash: string }[];
  const first = (input.after ?? 0) + 1;
  events.forEach(({ position, hash }, index) => {
    const isNext = position === first + index && rowAt(rows, position)?.hash === hash;
    findings.expect(isNext, 'events are served as they are stored', mind, () => `#${position} ${hash}`);
  });
}
