import type { PolicyKey } from '#libs/contracts';
import { checkCommitmentText } from '../commitments/commitment-text';
import { boundPolicy, isPolicyKey } from '../policies/policies.fold';
import { validName } from '../text/names';
import { collapseSpaces } from '../text/spaces';

/** At most so many control lines of one text count. */
export const CONTROL_LINES = 8;
/** What is kept of one line. */
export const CONTROL_LINE_UNITS = 4_096;

/** What a control line asks for. `refused` tells why it asks for nothing. */
export type ControlLine = { line: string } & (
  | { kind: 'commit'; text: string; refused?: undefined }
  | { kind: 'done'; cid: string; evidence: number[]; refused?: undefined }
  | { kind: 'name'; name: string; refused?: undefined }
  | { kind: 'directive'; text: string; refused?: undefined }
  | { kind: 'policy'; key: PolicyKey; value: number; refused?: undefined }
  | { kind: ControlKind; refused: string }
);
export type ControlKind = 'commit' | 'done' | 'name' | 'directive' | 'policy';

/** The lines that count in a reply, and in a reflection. */
export const REPLY_CONTROLS: readonly ControlKind[] = ['commit', 'done', 'name', 'directive'];
export const REFLECTION_CONTROLS: readonly ControlKind[] = ['commit', 'done', 'directive', 'policy'];

const DONE = /^(\S{1,64})((?:[\s,]+\[?#\d{1,16}\]?)+)$/u;
const POLICY = /^([a-z_]{1,40}\.[a-z_]{1,40})\s*=\s*(-?\d{1,9}(?:\.\d{1,9})?)$/u;
const MOST_EVIDENCE = 100;

/** The words that begin a control line of these kinds, with the colon: `COMMIT:`. */
export const controlPrefixes = (kinds: readonly ControlKind[]): string[] =>
  kinds.map((kind) => `${kind.toUpperCase()}:`);

/** What a line asks for, or null when it is no control line of these kinds. It is judged by its form alone. */
export function readControlLine(given: string, kinds: readonly ControlKind[]): ControlLine | null {
  const kind = kinds.find((candidate) => given.startsWith(`${candidate.toUpperCase()}:`));
  if (!kind) return null;
  const line = given.slice(0, CONTROL_LINE_UNITS).toWellFormed().trim();
  const rest = given.slice(kind.length + 1).trim();
  if (given.length > CONTROL_LINE_UNITS) return { line, kind, refused: 'the line is too long' };
  return { line, ...READERS[kind](rest) };
}

type Read<L = ControlLine> = L extends ControlLine ? Omit<L, 'line'> : never;

const READERS: Record<ControlKind, (rest: string) => Read> = {
  commit: (rest) => {
    const checked = checkCommitmentText(rest);
    return checked.ok ? { kind: 'commit', text: checked.text } : { kind: 'commit', refused: checked.reason };
  },
  done: readDone,
  name: (rest) => {
    const name = validName(rest.replace(/^["“'‘](.*)["”'’]$/u, '$1'));
    return name === null ? { kind: 'name', refused: 'not a name' } : { kind: 'name', name };
  },
  directive: (rest) => {
    const text = collapseSpaces(rest);
    return text === ''
      ? { kind: 'directive', refused: 'a directive needs a text' }
      : { kind: 'directive', text };
  },
  policy: readPolicy,
};

function readDone(rest: string): Read {
  const [, cid, numbers] = DONE.exec(rest) ?? [];
  const evidence = (numbers?.match(/\d+/gu) ?? []).map(Number);
  if (cid === undefined || evidence.length > MOST_EVIDENCE) {
    return { kind: 'done', refused: 'the form is DONE: <cid> #<position>' };
  }
  return { kind: 'done', cid, evidence: [...new Set(evidence)] };
}

function readPolicy(rest: string): Read {
  const [, key, value] = POLICY.exec(rest) ?? [];
  if (key === undefined)
    return { kind: 'policy', refused: 'the form is POLICY: <component>.<param> = <number>' };
  if (!isPolicyKey(key)) return { kind: 'policy', refused: `there is no policy ${key}` };
  return { kind: 'policy', key, value: boundPolicy(key, Number(value)) };
}
