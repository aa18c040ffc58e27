import { JsonFault, JsonNumber, type JsonMap, type JsonTree } from './json-tree';
import { pythonString, rawString } from './python-json';

export interface ReaderOptions {
  maxDepth: number;
  /**
   * Only text that Python's `json.dumps` can have written (any key order, with or without spaces, ASCII or not): no two
   * such texts that differ in one character mean the same.
   */
  dumped?: boolean;
}

/**
 * Reads JSON without losing how numbers were written. Unlike `lossless-json` it refuses a key that occurs twice with
 * an equal value, bounds the depth, refuses U+0000 and lone surrogates, and can insist on Python's way of writing.
 * @throws JsonFault
 */
export function readJson(text: string, options: ReaderOptions): JsonTree {
  const reader = new Reader(text, options);
  return reader.document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORDS: readonly [string, boolean | null][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly options: ReaderOptions,
  ) {}

  document(): JsonTree {
    this.space();
    const value = this.value(this.options.maxDepth);
    this.space();
    if (this.at < this.text.length) throw this.fault('more text follows');
    return value;
  }

  private value(depthLeft: number): JsonTree {
    const char = this.text[this.at];
    if (char === '"') return this.string();
    if (char === '{') return this.object(depthLeft - 1);
    if (char === '[') return this.array(depthLeft - 1);
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    return this.number();
  }

  private number(): JsonNumber {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text)?.[0];
    if (match === undefined) throw this.fault('a value is missing');
    this.at += match.length;
    return new JsonNumber(match);
  }

  private string(): string {
    const start = this.at;
    const end = this.endOfString();
    this.at = end;
    const source = this.text.slice(start, end);
    const decoded = this.decode(source);
    if (!decoded.isWellFormed()) throw this.fault('text holds a lone surrogate');
    if (decoded.includes('\u0000')) throw this.fault('text holds U+0000');
    if (this.options.dumped && source !== pythonString(decoded) && source !== rawString(decoded))
      throw this.fault('text is escaped in an unusual way');
    return decoded;
  }

  private endOfString(): number {
    for (let i = this.at + 1; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i);
      if (code === QUOTE) return i + 1;
      if (code === BACKSLASH) i += 1;
    }
    throw this.fault('a text does not end');
  }

  /** `JSON.parse` knows the escapes and refuses control characters. */
  private decode(source: string): string {
    try {
      return JSON.parse(source) as string;
    } catch (cause) {
      throw new JsonFault(`a text is not valid at character ${this.at}`, { cause });
    }
  }

  private array(depthLeft: number): JsonTree[] {
    const items: JsonTree[] = [];
    this.members(depthLeft, ']', () => items.push(this.value(depthLeft)));
    return items;
  }

  private object(depthLeft: number): JsonMap {
    const map: JsonMap = new Map();
    this.members(depthLeft, '}', () => {
      if (this.text[this.at] !== '"') throw this.fault('a key is missing');
      const key = this.string();
      if (map.has(key)) throw this.fault(`the key ${JSON.stringify(key.slice(0, 60))} occurs twice`);
      this.space(false);
      this.take(':');
      this.space(true);
      map.set(key, this.value(depthLeft));
    });
    return map;
  }

  private members(depthLeft: number, close: string, member: () => void): void {
    if (depthLeft < 0) throw this.fault('JSON is nested too deeply');
    this.at += 1;
    this.space();
    if (this.text[this.at] !== close) {
      member();
      this.space();
      while (this.text[this.at] === ',') {
        this.at += 1;
        this.space(true);
        member();
        this.space();
      }
    }
    this.take(close);
  }

  private take(char: string): void {
    if (this.text[this.at] !== char) throw this.fault(`"${char}" is missing`);
    this.at += 1;
  }

  /** White space; where Python wrote the text, at most one blank, and only after a separator. */
  private space(afterSeparator = false): void {
    const start = this.at;
    while (' \n\r\t'.includes(this.text[this.at] ?? '\0')) this.at += 1;
    if (!this.options.dumped || this.at === start) return;
    if (!afterSeparator || this.text.slice(start, this.at) !== ' ')
      throw this.fault('white space is out of place');
  }

  private fault(what: string): JsonFault {
    return new JsonFault(`${what} at character ${this.at + 1}`);
  }
}
