/** What happened, for people to read, and a hash of it that is the same exactly when a seed was replayed. */
export class Trace {
  readonly lines: string[] = [];
  private state = 0x811c9dc5;

  constructor(
    private readonly written: boolean,
    private readonly now: () => number,
  ) {}

  get hash(): string {
    return (this.state >>> 0).toString(16).padStart(8, '0');
  }

  mix(value: number): void {
    this.state = Math.imul(this.state ^ value, 0x01000193);
  }

  /** `what` is only asked for when somebody will read it. */
  note(actor: string, what: () => string): void {
    if (!this.written) return;
    this.lines.push(`${this.now().toFixed(1).padStart(9)}  ${actor.padEnd(22)} ${what()}`);
  }
}
