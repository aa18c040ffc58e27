import type { Clock } from '#libs/kernel';
import type { Link, Log, Ownership } from '#libs/messaging';
import { SharedCheck, type Check } from './shared-check';

const LOOK_EVERY_MS = 50;

export interface ReadinessParts {
  link: Pick<Link, 'state'>;
  ownership: Pick<Ownership, 'serves'>;
  clock: Clock;
  log: Log;
  /** Throws while something that this service relies on is away. */
  reliesOn: Check;
}

/** Whether this process serves its shards, and whether it is ready: it serves, and what it relies on is there. */
export class Readiness {
  private phase: 'starting' | 'open' | 'stopping' = 'starting';
  private readonly others: SharedCheck;

  constructor(private readonly parts: ReadinessParts) {
    const { reliesOn, clock, log } = parts;
    this.others = new SharedCheck(reliesOn, clock, log);
  }

  open(): void {
    this.phase = 'open';
  }

  close(): void {
    this.phase = 'stopping';
  }

  serves(): boolean {
    return this.ownFault() === null;
  }

  /** Why this process is not ready; null when it is. Probes may ask as often as they like. */
  async fault(): Promise<string | null> {
    return this.ownFault() ?? (await this.others.fault());
  }

  /** Resolves with true once this process serves, with false when it stops before. */
  async whenServing(): Promise<boolean> {
    while (this.phase !== 'stopping' && !this.serves()) await this.parts.clock.sleep(LOOK_EVERY_MS);
    return this.serves();
  }

  /** Why this process serves nothing right now; null when it serves. */
  ownFault(): string | null {
    const { link, ownership } = this.parts;
    if (this.phase !== 'open') return this.phase;
    if (link.state !== 'connected') return `NATS: ${link.state}`;
    return ownership.serves() ? null : 'joining: the heartbeat of this member has not come back in time';
  }
}
