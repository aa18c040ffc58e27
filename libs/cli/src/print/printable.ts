/** Dim and its end, which we write ourselves, are found whole. */
const CONTROLS = /\u001b\[22?m|\r\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Text that a terminal shows and does not obey: minds, models and servers may say anything. Control characters but tab and
 * line feed become their pictures (U+2400 and on), those from U+0080 on U+FFFD.
 */
export const printable = (text: string): string =>
  text.replace(CONTROLS, (found) => {
    if (found.length === 1) return pictureOf(found.charCodeAt(0));
    return found === '\r\n' ? '\n' : found;
  });

function pictureOf(code: number): string {
  if (code === 0x7f) return '\u2421';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
}

/** JSON as it was, with no control characters in it: `JSON.stringify` leaves those from U+007F on. */
export const printableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\u009f]/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`);
