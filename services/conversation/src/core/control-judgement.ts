import type { CloseVerdict, Control, JudgeReply, JudgeRequest, NewEvent, OpenVerdict } from '#libs/contracts';
import { draft, eventId, normaliseText, type Draft } from '#libs/kernel';
import { MODEL_CONFIDENCE, type ControlLine } from '#libs/mind';

export interface TurnName {
  mind: string;
  turnId: string;
}

/** The id of the event of the n-th control line of a turn's reply. */
export const controlId = ({ mind, turnId }: TurnName, n: number): string =>
  eventId(mind, turnId, 'control', n);

/** What has to be asked of the commitments, or null when no line is about them. */
export function judgeRequestOf(
  turn: TurnName,
  lines: readonly ControlLine[],
  minPosition: number,
): JudgeRequest | null {
  const opens: JudgeRequest['opens'] = [];
  const closes: JudgeRequest['closes'] = [];
  lines.forEach((line, n) => {
    if (line.refused !== undefined) return;
    if (line.kind === 'commit') opens.push({ id: controlId(turn, n), text: line.text });
    if (line.kind === 'done') closes.push({ cid: line.cid, evidence: line.evidence });
  });
  return opens.length + closes.length === 0 ? null : { mind: turn.mind, minPosition, opens, closes };
}

/** What became of a reply's control lines, and the events that make it so. */
export interface Judgement {
  controls: Control[];
  /** They follow the reply in its append: each refers to it by its distance. */
  events: NewEvent[];
}

/** Judges each line alone; a bad one is refused and harms no other. `verdicts` are those on `judgeRequestOf`. */
export function judgeControls(
  turn: TurnName,
  lines: readonly ControlLine[],
  verdicts: Pick<JudgeReply, 'opens' | 'closes'> | null,
): Judgement {
  const judgement: Judgement = { controls: [], events: [] };
  const opens = (verdicts?.opens ?? []).values();
  const closes = (verdicts?.closes ?? []).values();
  const seen = new Set<string>();
  lines.forEach((line, n) => {
    const origin = -(judgement.events.length + 1);
    const { accepted, reason, event } = judgeLine(line, { seen, origin, opens, closes });
    judgement.controls.push({ line: line.line, kind: line.kind, accepted, ...(reason ? { reason } : {}) });
    if (event) judgement.events.push({ ...event, id: controlId(turn, n) });
  });
  return judgement;
}

/** None of the lines counts, all for one reason. */
export function voidControls(lines: readonly ControlLine[], reason: string): Judgement {
  const controls = lines.map(({ line, kind }) => ({ line, kind, accepted: false, reason }));
  return { controls, events: [] };
}

interface Bench {
  /** What lines before this one have asked for already. */
  seen: Set<string>;
  origin: number;
  opens: Iterator<OpenVerdict>;
  closes: Iterator<CloseVerdict>;
}

type LineOutcome = { accepted: boolean; reason?: string; event?: Draft };

const refused = (reason: string): LineOutcome => ({ accepted: false, reason });
const REPEATED: LineOutcome = { accepted: true, reason: 'said twice' };
const UNJUDGED = 'the commitments could not judge it';

function judgeLine(line: ControlLine, bench: Bench): LineOutcome {
  if (line.refused !== undefined) return refused(line.refused);
  const { origin } = bench;
  switch (line.kind) {
    case 'commit':
      return judgeCommit(line.text, bench);
    case 'done':
      return judgeDone(line, bench);
    case 'name': {
      const meta = { name: line.name, source: 'assistant', confidence: MODEL_CONFIDENCE, origin } as const;
      return { accepted: true, event: draft('identity_propose', meta) };
    }
    case 'directive':
      return {
        accepted: true,
        event: draft('autonomy_directive', { source: 'assistant', origin }, line.text),
      };
    case 'policy':
      return refused('a reply changes no policy');
  }
}

function judgeCommit(text: string, { seen, origin, opens }: Bench): LineOutcome {
  const verdict = opens.next().value as OpenVerdict | undefined;
  if (!verdict?.accepted) return refused(verdict?.reason ?? UNJUDGED);
  if (alreadyIn(seen, `commit ${normaliseText(text)}`)) return REPEATED;
  if (verdict.existing) return { accepted: true, reason: `open already as ${verdict.cid}` };
  const event = draft('commitment_open', { cid: verdict.cid, source: 'assistant', origin }, text);
  return { accepted: true, event };
}

function judgeDone(
  { cid, evidence }: { cid: string; evidence: number[] },
  { seen, closes }: Bench,
): LineOutcome {
  const verdict = closes.next().value as CloseVerdict | undefined;
  if (!verdict?.accepted) return refused(verdict?.reason ?? UNJUDGED);
  if (alreadyIn(seen, `done ${cid}`)) return REPEATED;
  if (verdict.existing) return { accepted: true, reason: 'closed already' };
  return { accepted: true, event: draft('commitment_close', { cid, evidence, outcome: 'done' }) };
}

function alreadyIn(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}
