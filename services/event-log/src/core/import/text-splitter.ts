import { AppError } from '#libs/kernel';
import { ArraySplitter } from './array-splitter';

/** A file is a JSON array or JSON lines; which one it is, its first character says. */
export type TextShape = 'array' | 'lines';

export interface ItemSplitter {
  /** Characters of the item that has no end yet. */
  readonly waiting: number;
  /** The items that end in this slice. They come one by one, so that each is judged before what follows it. */
  push(slice: string): Iterable<string>;
  /** The item that the end of the text ends. @throws AppError when the text was cut. */
  end(): string[];
}

/** One event's text can't be longer: the limit of 900 KiB, with every character escaped. */
const ITEM_CHARS = 6 * 1024 * 1024;
const LEADING_SPACE = /^[ \t\r\n]+/;
const OUTER_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const BYTE_ORDER_MARK = '\uFEFF';

/** Cuts a text that arrives in arbitrary slices into the texts of its items. */
export class TextSplitter {
  shape?: TextShape;
  private splitter?: ItemSplitter;
  private started = false;

  /** @throws AppError `invalid_request` when the text is neither, `too_large` when an item has no end in sight. */
  *push(slice: string): Iterable<string> {
    const text = this.splitter ? slice : this.opening(slice);
    if (text === '') return;
    this.splitter ??= this.choose(text);
    yield* this.splitter.push(text);
    if (this.splitter.waiting > ITEM_CHARS)
      throw new AppError('too_large', `one item of the file is longer than ${ITEM_CHARS} characters`);
  }

  /** The items that are complete now that no more text comes. @throws AppError when the text was cut or is empty. */
  end(): string[] {
    if (!this.splitter) throw new AppError('invalid_request', 'the file is empty');
    return this.splitter.end();
  }

  /** What is left of the text before the first item without a byte order mark and white space. */
  private opening(slice: string): string {
    const unmarked = !this.started && slice.startsWith(BYTE_ORDER_MARK) ? slice.slice(1) : slice;
    this.started ||= slice !== '';
    return unmarked.replace(LEADING_SPACE, '');
  }

  private choose(text: string): ItemSplitter {
    this.shape = text.startsWith('[') ? 'array' : 'lines';
    if (this.shape === 'array') return new ArraySplitter();
    if (text.startsWith('{')) return new LineSplitter();
    throw new AppError('invalid_request', 'the file is neither a JSON array nor JSON lines');
  }
}

class LineSplitter implements ItemSplitter {
  private parts: string[] = [];
  waiting = 0;

  *push(slice: string): Iterable<string> {
    const lines = slice.split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      const whole = (this.take() + line).replace(OUTER_SPACE, '');
      if (whole !== '') yield whole;
    }
    this.parts.push(rest);
    this.waiting += rest.length;
  }

  end(): string[] {
    const last = this.take().replace(OUTER_SPACE, '');
    return last === '' ? [] : [last];
  }

  private take(): string {
    if (this.parts.length === 0) return '';
    const text = this.parts.join('');
    this.parts = [];
    this.waiting = 0;
    return text;
  }
}
