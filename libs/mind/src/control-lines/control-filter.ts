import {
  CONTROL_LINES,
  CONTROL_LINE_UNITS,
  controlPrefixes,
  readControlLine,
  type ControlKind,
  type ControlLine,
} from './control-line';

/**
 * Takes control lines out of a text that comes in pieces. What `push` and `end` return, joined, is the text as shown:
 * the same however the text was cut into pieces. A line is held back only as long as it may still become a control
 * line; line breaks are given out with the line after them, so that none is left over where control lines stood at
 * the end or at the beginning.
 */
export class ControlFilter {
  /** The control lines so far, in order; those beyond the eighth are refused. */
  readonly lines: ControlLine[] = [];
  private readonly prefixes: string[];
  /** The beginning of a line of which it is not known yet what it is. */
  private held = '';
  private state: 'undecided' | 'shown' | 'control' = 'undecided';
  private breaks = '';
  private anythingShown = false;

  constructor(private readonly kinds: readonly ControlKind[]) {
    this.prefixes = controlPrefixes(kinds);
  }

  /** Takes a piece; returns what can be shown of it. */
  push(piece: string): string {
    const [first = '', ...others] = piece.split('\n');
    let shown = this.take(first);
    for (const part of others) shown += this.endLine() + this.take(part);
    return shown;
  }

  /** The rest, when no more comes. */
  end(): string {
    const shown = this.closeLine();
    this.breaks = '';
    return shown;
  }

  private take(part: string): string {
    if (part === '') return '';
    if (this.state === 'shown') return this.show(part);
    if (this.held.length <= CONTROL_LINE_UNITS) this.held += part.slice(0, CONTROL_LINE_UNITS + 1);
    if (this.state === 'undecided') this.state = this.stateOfHeld();
    return this.state === 'shown' ? this.release() : '';
  }

  private stateOfHeld(): ControlFilter['state'] {
    if (this.prefixes.some((prefix) => this.held.startsWith(prefix))) return 'control';
    return this.prefixes.some((prefix) => prefix.startsWith(this.held)) ? 'undecided' : 'shown';
  }

  private endLine(): string {
    const wasControl = this.state === 'control';
    const shown = this.closeLine();
    if (!wasControl && this.anythingShown) this.breaks += '\n';
    return shown;
  }

  private closeLine(): string {
    const shown = this.state === 'control' ? this.closeControl() : this.release();
    this.state = 'undecided';
    return shown;
  }

  private closeControl(): string {
    const line = readControlLine(this.held.replace(/\r$/u, ''), this.kinds);
    this.held = '';
    if (!line) return '';
    const refused = `at most ${CONTROL_LINES} control lines count`;
    this.lines.push(this.lines.length < CONTROL_LINES ? line : { line: line.line, kind: line.kind, refused });
    return '';
  }

  private release(): string {
    const text = this.held;
    this.held = '';
    return text === '' ? '' : this.show(text);
  }

  private show(text: string): string {
    const shown = this.breaks + text;
    this.breaks = '';
    this.anythingShown = true;
    return shown;
  }
}

/** A whole text without its control lines, and what they ask for. */
export function parseControlLines(
  text: string,
  kinds: readonly ControlKind[],
): { shown: string; lines: ControlLine[] } {
  const filter = new ControlFilter(kinds);
  const shown = filter.push(text) + filter.end();
  return { shown, lines: filter.lines };
}
