import type { Phase } from './members';

/** Without a heartbeat of our own, sent since then, that came back, we serve nothing until we have joined again. */
const FENCED_MS = 4_000;
/** How long a member that joins listens before it takes what is its. The others answer a `joining` at once. */
export const LISTEN_MS = 300;

/** What the return of our own heartbeats proves. Times are milliseconds of our monotonic clock. */
export class OwnHeartbeat {
  private provedAt = -Infinity;
  private joiningSince = 0;
  private joiningHeardAt: number | null = null;

  /** We begin to join, for the first time or again. */
  joins(now: number): void {
    this.joiningSince = now;
    this.joiningHeardAt = null;
  }

  /** What counts is when it was sent: after a pause, old ones of ours are still on their way to us. */
  cameBack(phase: Phase, sentAt: number, now: number): void {
    this.provedAt = Math.max(this.provedAt, sentAt);
    if (phase === 'joining' && sentAt >= this.joiningSince) this.joiningHeardAt ??= now;
  }

  /** NATS carries to us and from us, and we have not been paused for long. */
  isProved(now: number): boolean {
    return now - this.provedAt < FENCED_MS;
  }

  /** The others know that we join, and those who serve have had the time to answer. */
  hasListened(now: number): boolean {
    return this.joiningHeardAt !== null && now - this.joiningHeardAt >= LISTEN_MS && this.isProved(now);
  }
}
