import fc from 'fast-check';
import { LIMITS } from '#libs/contracts';
import { checkImportSize, cutPiece, importLimit, PIECE_CHARS } from './import-text';

it('never cuts a surrogate pair', () => {
  for (const padding of [PIECE_CHARS - 2, PIECE_CHARS - 1, PIECE_CHARS]) {
    const text = `${'a'.repeat(padding)}😀end`;
    const [piece, rest] = cutPiece(text);
    expect(piece + rest).toBe(text);
    expect(piece.isWellFormed()).toBe(true);
    expect(rest.isWellFormed()).toBe(true);
  }
});

it('makes pieces that fit into one message, whatever they hold', () => {
  fc.assert(
    fc.property(fc.constantFrom('\u0001', '"', '€', '😀', 'a\n'), (part) => {
      const [piece] = cutPiece(part.repeat(PIECE_CHARS));
      expect(piece.length).toBeLessThanOrEqual(LIMITS.importChunkChars);
      expect(Buffer.byteLength(JSON.stringify({ text: piece }))).toBeLessThan(LIMITS.messageBytes - 200);
    }),
  );
});

it('knows an array by its beginning', () => {
  expect(importLimit(' \n\ufeff')).toBeNull();
  expect(importLimit('\ufeff\n [ {')).toBe(LIMITS.importArrayBytes);
  expect(importLimit('{"id":1}')).toBe(LIMITS.importNdjsonBytes);
});

it('refuses more than the limit and not the limit itself', () => {
  checkImportSize(LIMITS.importArrayBytes, LIMITS.importArrayBytes);
  const over = () => checkImportSize(LIMITS.importArrayBytes + 1, LIMITS.importArrayBytes);
  expect(over).toThrow('a JSON array may have at most 64 MiB');
  checkImportSize(LIMITS.importArrayBytes + 1, null);
  expect(() => checkImportSize(LIMITS.importNdjsonBytes + 1, null)).toThrow('1024 MiB');
});
