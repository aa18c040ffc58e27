import { AppError } from '#libs/kernel';

/** The characters at which something can begin or end. */
const MARKS = /["\\{}[\],]/g;
const SPACE = /^[ \t\r\n]*$/;

/**
 * Cuts the text of a JSON array into the texts of its objects. It follows brackets and quotes only; what stands between
 * them is judged when an item is read.
 */
export class ArraySplitter {
  /** Characters of the item that has no end yet. */
  waiting = 0;
  private parts: string[] = [];
  private depth = 0;
  private inText = false;
  private escaped = false;
  private items = 0;
  /** What has to come next outside of an item. */
  private expects: Expected = 'open';

  /** @throws AppError `invalid_request` when something else than objects and commas stands in the array. */
  *push(slice: string): Iterable<string> {
    let from = 0;
    let at = this.afterEscaped(slice, 0, this.escaped);
    for (let index = markFrom(slice, at); index !== -1; index = markFrom(slice, at)) {
      at = index + 1;
      const mark = slice.charAt(index);
      if (this.depth === 0) {
        this.between(slice.slice(from, index), mark);
        from = this.depth > 0 ? index : at;
      } else if (mark === '\\' && this.inText) at = this.afterEscaped(slice, at, true);
      else if (this.endsItem(mark)) {
        yield this.take(slice.slice(from, at));
        from = at;
      }
    }
    this.keep(slice.slice(from));
  }

  /** @throws AppError `invalid_request` when the array has not ended. */
  end(): string[] {
    if (this.expects === 'nothing') return [];
    const where = this.depth > 0 ? `event id ${this.items} has no end` : 'its end is missing';
    throw new AppError('invalid_request', `the JSON array is cut: ${where}`);
  }

  /** An escaped character is never a mark; it may be the first one of the next slice. */
  private afterEscaped(slice: string, at: number, escaped: boolean): number {
    if (!escaped) return at;
    this.escaped = at >= slice.length;
    return at + 1;
  }

  private endsItem(mark: string): boolean {
    if (mark === '"') this.inText = !this.inText;
    else if (!this.inText && (mark === '{' || mark === '[')) this.depth += 1;
    else if (!this.inText && (mark === '}' || mark === ']')) this.depth -= 1;
    return this.depth === 0;
  }

  private between(gap: string, mark: string): void {
    const next = SPACE.test(gap) ? NEXT[this.expects][mark] : undefined;
    if (next === undefined) throw this.misplaced();
    this.expects = next;
    if (mark !== '{') return;
    this.depth = 1;
    this.items += 1;
  }

  private misplaced(): AppError {
    return new AppError(
      'invalid_request',
      this.expects === 'nothing'
        ? 'text follows the end of the JSON array'
        : `event id ${this.items + 1}: there is no valid JSON array at its beginning`,
    );
  }

  private keep(text: string): void {
    if (this.depth > 0) {
      this.parts.push(text);
      this.waiting += text.length;
    } else if (!SPACE.test(text)) throw this.misplaced();
  }

  private take(last: string): string {
    const text = this.parts.join('') + last;
    this.parts = [];
    this.waiting = 0;
    return text;
  }
}

type Expected = 'open' | 'first' | 'item' | 'separator' | 'nothing';

/** Outside of items: what is expected, and what is expected after a mark. */
const NEXT: Record<Expected, Partial<Record<string, Expected>>> = {
  open: { '[': 'first' },
  first: { '{': 'separator', ']': 'nothing' },
  item: { '{': 'separator' },
  separator: { ',': 'item', ']': 'nothing' },
  nothing: {},
};

function markFrom(slice: string, at: number): number {
  MARKS.lastIndex = at;
  return MARKS.exec(slice)?.index ?? -1;
}
