import type { AppendReply } from '#libs/contracts';
import { perSecond } from '../runner/repeat';
import type { BenchClient } from './bench-client';
import type { Notes } from './notes';

export interface Load {
  /** Appends, not events. */
  total: number;
  inFlight: number;
  eventsEach: number;
}

/** Appends straight over NATS; the requests are ready before the time begins. */
export class AppendLoad {
  constructor(
    private readonly client: BenchClient,
    private readonly minds: readonly string[],
    private readonly notes: Notes,
  ) {}

  /** Events per second. */
  perSecond(load: Load): Promise<number> {
    return this.prepare(load)();
  }

  /** Makes the requests; what is returned sends them and tells the events per second. */
  prepare({ total, inFlight, eventsEach }: Load): () => Promise<number> {
    const requests = Array.from({ length: total }, (_, n) => this.request(n, eventsEach));
    return async () => {
      const appends = await perSecond({ total, inFlight }, async (n) => {
        const { subject, payload } = requests[n] ?? this.request(n, eventsEach);
        await this.client.send<AppendReply>(subject, payload);
      });
      return appends * eventsEach;
    };
  }

  private request(n: number, events: number): { subject: string; payload: Uint8Array } {
    const mind = this.minds[n % this.minds.length] ?? '';
    const payload = Buffer.from(JSON.stringify({ mind, events: this.notes.take(events) }));
    return { subject: this.client.subject('event-log', mind, 'append'), payload };
  }
}
