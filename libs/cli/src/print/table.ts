type Cell = string | number | null | undefined;

const textOf = (cell: Cell): string => (cell === null || cell === undefined ? '-' : String(cell));

/** Columns as wide as their widest cell; numbers stand on the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = [head, ...rows.map((row) => row.map(textOf))];
  const widths = head.map((_, n) => Math.max(...texts.map((row) => row[n]?.length ?? 0)));
  const isNumber = head.map((_, n) => rows.length > 0 && rows.every((row) => typeof row[n] !== 'string'));
  return texts.map((row) =>
    widths
      .map((width, n) => (isNumber[n] ? (row[n] ?? '').padStart(width) : (row[n] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd(),
  );
}

/** The beginning of a text on one line. */
export function shorten(text: string, most: number): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  return oneLine.length > most ? `${oneLine.slice(0, most - 1)}…` : oneLine;
}
