import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import type { NewEvent } from '#libs/contracts';

/** The yardstick of event stores: Emmett as its documentation shows it, in the caller's process, on the same server. */
export class EmmettStore {
  private readonly store: PostgresEventStore;

  constructor(url: string) {
    this.store = getPostgreSQLEventStore(url);
  }

  async append(stream: string, events: readonly NewEvent[]): Promise<void> {
    const typed = events.map(({ kind, content, meta }) => ({ type: kind, data: { content, meta } }));
    await this.store.appendToStream(stream, typed);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}
