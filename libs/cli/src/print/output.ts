import type { Shell } from '../shell';
import { printable, printableJson } from './printable';

/** What a command says: lines for people, or one JSON value a line for programs. */
export class Output {
  constructor(
    private readonly shell: Shell,
    readonly json: boolean,
  ) {}

  /** For people only. */
  line(text = ''): void {
    if (!this.json) this.write(`${text}\n`);
  }

  /** For programs only. */
  value(value: unknown): void {
    if (this.json) this.shell.stdout.write(`${printableJson(value)}\n`);
  }

  /** Either of both. */
  show(value: unknown, lines: string | readonly string[]): void {
    this.value(value);
    for (const line of typeof lines === 'string' ? [lines] : lines) this.line(line);
  }

  /** Without a line end. */
  write(text: string): void {
    this.shell.stdout.write(printable(text));
  }

  /** A remark that is no part of the result. */
  note(text: string): void {
    this.shell.stderr.write(`${printable(text)}\n`);
  }

  /** Less important text, where a terminal can show it so. */
  dim(text: string): string {
    return this.shell.stdout.isTTY ? `\u001b[2m${text}\u001b[22m` : text;
  }
}
