import type { Act, ActOf } from '../load/acts';
import { canonical } from './canonical';
import { rowAt, type Logs, type LogRow } from './log-rows';
import type { Findings } from './violation';

const isDone = ({ outcome }: Act): boolean => outcome.status >= 200 && outcome.status < 300;

interface Appended {
  from: number;
  to: number;
  headHash: string;
}

/** What was acknowledged is there, once, whole and in order; what was not is there whole or not at all. */
export function checkAppends(acts: readonly ActOf<'append'>[], logs: Logs, findings: Findings): void {
  for (const [mind, rows] of logs) {
    const ofMind = acts.filter((act) => act.mind === mind);
    const placeOf = new Map(rows.map((row) => [row.id, row.position]));
    for (const act of ofMind) {
      if (isDone(act)) checkAcknowledged(act, rows, findings);
      else checkWhole(act, placeOf, findings);
    }
    checkOrder(ofMind.filter(isDone), findings);
  }
}

function checkAcknowledged(
  { mind, input, outcome }: ActOf<'append'>,
  rows: readonly LogRow[],
  findings: Findings,
): void {
  const { from, to, headHash } = outcome.body as unknown as Appended;
  const wanted = input.events;
  const { expectedPosition = from - 1 } = input;
  findings.expect(
    from === expectedPosition + 1,
    'an append is where it was expected',
    mind,
    () => `#${from}, expected after #${expectedPosition}`,
  );
  findings.expect(
    to - from + 1 === wanted.length,
    'an append is answered by its positions',
    mind,
    () => `${from}-${to}`,
  );
  wanted.forEach(({ id, kind, content, meta }, index) => {
    const row = rowAt(rows, from + index);
    findings.expect(
      row?.id === id,
      'an acknowledged append is there',
      mind,
      () => `${id} is not at #${from + index}`,
    );
    if (row?.id !== id) return;
    const isSame =
      canonical([row.kind, row.event.content, row.event.meta]) === canonical([kind, content, meta]);
    findings.expect(isSame, 'an event is stored as it was given', mind, () => row.body);
  });
  findings.expect(
    rowAt(rows, to)?.hash === headHash,
    'an append answers the true head',
    mind,
    () => `#${to} ${headHash}`,
  );
}

function checkWhole(
  { mind, input }: ActOf<'append'>,
  placeOf: ReadonlyMap<string, number>,
  findings: Findings,
): void {
  const places = input.events.map(({ id }) => placeOf.get(id));
  const first = places[0];
  const isWhole = places.every((place, index) => place === (first === undefined ? undefined : first + index));
  findings.expect(isWhole, 'an append is all or nothing', mind, () =>
    canonical(places.map((place) => place ?? null)),
  );
}

/** What was acknowledged before another append began comes before it in the log. */
function checkOrder(done: readonly ActOf<'append'>[], findings: Findings): void {
  const spans = done
    .filter(({ input }) => !input.again)
    .map(({ mind, startedMs, endedMs, outcome }) => {
      return { mind, startedMs, endedMs, ...(outcome.body as unknown as Appended) };
    });
  const ended = [...spans].sort((a, b) => a.endedMs - b.endedMs).values();
  let next = ended.next();
  let furthest = 0;
  for (const span of [...spans].sort((a, b) => a.startedMs - b.startedMs)) {
    for (; !next.done && next.value.endedMs < span.startedMs; next = ended.next())
      furthest = Math.max(furthest, next.value.to);
    findings.expect(
      span.from > furthest,
      'appends are in order',
      span.mind,
      () => `#${span.from} after #${furthest}`,
    );
  }
}
