/** A number as it is written in a file. */
export class Digits {
  constructor(readonly text: string) {}
}

/** JSON as a ledger's file has it: numbers by their text, keys in the order of writing. */
export type Written = null | boolean | string | Digits | Written[] | Map<string, Written>;

export interface Style {
  sorted: boolean;
  /** `, ` and `: `, as `json.dumps` writes without separators. */
  spaced: boolean;
  /** Non-ASCII as `\uXXXX`. */
  ascii: boolean;
}

/** How the original wrote what it hashed. */
export const HASHED: Style = { sorted: true, spaced: false, ascii: true };

export function written(value: Written, style: Style): string {
  const [comma, colon] = style.spaced ? [', ', ': '] : [',', ':'];
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value, style.ascii);
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => written(item, style)).join(comma)}]`;
  const entries = [...value];
  if (style.sorted) entries.sort(([a], [b]) => compareCodePoints(a, b));
  const members = entries.map(
    ([key, item]) => `${quoted(key, style.ascii)}${colon}${written(item, style)}`,
  );
  return `{${members.join(comma)}}`;
}

function quoted(text: string, ascii: boolean): string {
  const json = JSON.stringify(text);
  if (!ascii || /^[ -~]*$/.test(json)) return json;
  const units = json.split('').map((unit) => {
    const code = unit.charCodeAt(0);
    return code > 0x1f && code < 0x7f ? unit : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return units.join('');
}

/** UTF-32 in big-endian bytes sorts by code point. */
function compareCodePoints(a: string, b: string): number {
  if (/^[ -~]*$/.test(a + b)) return a < b ? -1 : 1;
  const bytes = (text: string) =>
    [...text].map((char) => (char.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join('');
  return bytes(a) < bytes(b) ? -1 : 1;
}
