import { subjects, type TurnSignal } from '#libs/contracts';
import type { Link } from '#libs/messaging';
import type { SignalPort } from '../app/ports';

/** Publishes streamed turns on `pmm.v1.turn.<mind>.<turnId>`: a show that may be lost, the reply is the truth. */
export class NatsTurnSignals implements SignalPort {
  constructor(private readonly link: Link) {}

  publish(mind: string, turnId: string, signal: TurnSignal): void {
    if (this.link.state !== 'closed') this.link.publish(subjects.turn(mind, turnId), signal);
  }
}
