/** The first `maxUnits` UTF-16 code units of a text, without half a character at the end. */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const last = text.charCodeAt(maxUnits - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxUnits - 1 : maxUnits);
}

/** As much of the beginning of a text as fits into `maxBytes` of UTF-8. */
export function cutBytes(text: string, maxBytes: number): string {
  // No character takes more than 3 bytes per code unit.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** Characters (code points) of a text. */
export function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // The second half of a character of two units.
    if (unit >= 0xdc00 && unit <= 0xdfff) count--;
  }
  return count;
}
