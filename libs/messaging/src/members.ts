export type Phase = 'joining' | 'active' | 'leaving';

/** What a member says of itself. `sentAt` is on its own monotonic clock and means something only to itself. */
export interface Heartbeat {
  instance: string;
  phase: Phase;
  sentAt: number;
}

/** A member is gone when nothing was heard of it for so long, on our own monotonic clock. */
export const GONE_MS = 5_000;

/** The other members of a service, as far as they were heard. Times are milliseconds of one monotonic clock. */
export class Members {
  private readonly heard = new Map<string, { phase: Phase; at: number }>();

  /** A member that was paused joins again, and is one all the time unless it was gone in between. */
  hear(instance: string, phase: Phase, now: number): void {
    const wasActive = this.heard.get(instance)?.phase === 'active';
    this.heard.set(instance, { phase: wasActive && phase === 'joining' ? 'active' : phase, at: now });
  }

  forgetSilent(now: number): void {
    for (const [instance, { at }] of this.heard) if (now - at > GONE_MS) this.heard.delete(instance);
  }

  /** Those that serve shards. One that only joins serves none yet: so nothing is given up before it is taken. */
  active(): string[] {
    return [...this.heard].filter(([, { phase }]) => phase === 'active').map(([instance]) => instance);
  }
}

/** What a message on the members' subject says, or null when it is not one of ours. An empty one is a deletion. */
export function readHeartbeat(instance: string, data: Uint8Array): Heartbeat | null {
  if (data.length === 0) return { instance, phase: 'leaving', sentAt: 0 };
  try {
    const beat = JSON.parse(Buffer.from(data).toString()) as Partial<Heartbeat> | null;
    const { phase, sentAt } = beat ?? {};
    const known = phase === 'joining' || phase === 'active' || phase === 'leaving';
    return known && typeof sentAt === 'number' ? { instance, phase, sentAt } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
