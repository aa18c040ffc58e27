import type { SignalPort } from './ports';
import type { Turn } from './turn';

/** What a streamed turn shows while it comes; for a turn that is not streamed it only remembers. */
export class TurnScreen {
  private text = '';
  private next = 0;

  constructor(
    private readonly signals: SignalPort,
    private readonly turn: Pick<Turn, 'mind' | 'turnId' | 'stream'>,
  ) {}

  show(token: string): void {
    this.text += token;
    this.publish({ token });
  }

  /** What was shown so far is void. */
  restart(reason: string): void {
    if (this.text === '') return;
    this.text = '';
    this.publish({ restart: reason });
  }

  /** Makes what is shown equal to what the log holds. */
  settle(text: string): void {
    if (this.text === text) return;
    this.restart('another answer was recorded');
    if (text !== '') this.show(text);
  }

  private publish(signal: { token: string } | { restart: string }): void {
    const { stream, mind, turnId } = this.turn;
    if (stream) this.signals.publish(mind, turnId, { n: this.next++, ...signal });
  }
}
