import { ControlFilter, cutText, REPLY_CONTROLS, storableText, type ControlLine } from '#libs/mind';

/** What one answer comes to: the text that is shown and stored, and its control lines. */
export interface SplitReply {
  shown: string;
  lines: ControlLine[];
}

/** Of the lines of one reply, so many are listed, each cut at so many code units: they have to fit into one event. */
export const LISTED_LINES = 16;
export const LINE_UNITS = 500;

/**
 * Takes an answer in pieces, cut anywhere, even inside a character. Shows at once what may be shown and holds back what
 * is or may become a control line. The same answer comes to the same whatever its pieces.
 */
export class ReplyFilter {
  private readonly filter = new ControlFilter(REPLY_CONTROLS);
  private shown = '';
  /** The first half of a character whose second half has not come yet. */
  private half = '';

  /** @param show Receives the pieces of the shown text. */
  constructor(private readonly show: (text: string) => void) {}

  push(piece: string): void {
    const text = this.half + piece;
    this.half = /[\ud800-\udbff]$/u.test(text) ? text.slice(-1) : '';
    this.pass(this.filter.push(storableText(this.half ? text.slice(0, -1) : text)));
  }

  end(): SplitReply {
    this.pass(this.filter.push(storableText(this.half)));
    this.half = '';
    this.pass(this.filter.end());
    const lines = this.filter.lines.slice(0, LISTED_LINES);
    return {
      shown: this.shown,
      lines: lines.map((line) => ({ ...line, line: cutText(line.line, LINE_UNITS) })),
    };
  }

  private pass(text: string): void {
    if (text === '') return;
    this.shown += text;
    this.show(text);
  }
}
