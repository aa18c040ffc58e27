import { AppError } from '#libs/kernel';
import type { ImportStore, ImportTransaction } from '../../../services/event-log/src/app/import-store.port';
import type { ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import { lostAnswer, Refused, type Database, type Filling } from './database';
import type { Process } from './process';

/** Imports over the simulated database, for one process. */
export function importStore(database: Database, process: Process): ImportStore {
  return {
    begin: async (mind) => {
      const filling: Filling = {
        mind,
        process,
        losses: database.losses,
        events: [],
        committing: false,
        ended: false,
      };
      await database.run(process, () => open(database, filling), lostAnswer);
      return new SimulatedImport(database, filling);
    },
  };
}

/** What PostgreSQL does with the statements of one connection. */
class SimulatedImport implements ImportTransaction {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly filling: Filling,
  ) {}

  /** What comes behind the end of the transaction is no part of it any more, and stays. */
  insert(events: readonly ChainedEvent[]): Promise<void> {
    const { database, filling } = this;
    return this.inOrder(() => {
      if (filling.losses !== database.losses) return;
      if (filling.ended) return stored(database, events, 'an import that had ended');
      assertFree(database, filling, events);
      filling.events.push(...events);
    });
  }

  async commit(importedTo: number): Promise<void> {
    const { database, filling } = this;
    try {
      filling.committing = true;
      await this.inOrder(() => {
        filling.committing = false;
        if (filling.ended) return;
        stored(database, filling.events, `an import of ${filling.process.name}`);
        const table = database.table(filling.mind);
        if (table) table.record = { ...table.record, importedTo };
        filling.ended = true;
      });
    } catch (cause) {
      await this.rollback();
      throw new AppError('unavailable', 'the import may not have been stored', { cause });
    }
  }

  async rollback(): Promise<void> {
    try {
      await this.inOrder(() => void (this.filling.ended = true));
    } catch (error) {
      // Without its connection the transaction is gone.
      if (!(error instanceof AppError)) throw error;
    }
  }

  /** One statement after the other; none is sent once the connection is lost. */
  private inOrder(work: () => void): Promise<void> {
    const { database, filling } = this;
    const onDropped = () => void (filling.committing = false);
    const send = () => {
      if (filling.losses === database.losses)
        return database.run(filling.process, work, lostAnswer, onDropped);
      onDropped();
      throw lostAnswer();
    };
    const done = this.last.then(send);
    this.last = done.catch(() => undefined);
    return done;
  }
}

function open(database: Database, filling: Filling): void {
  const table = database.table(filling.mind);
  if (!table) throw new AppError('unknown_mind', `there is no mind ${filling.mind}`);
  if (database.isArchived(filling.mind)) throw new AppError('forbidden', `${filling.mind} is archived`);
  if (database.isFilled(filling.mind)) throw new AppError('busy', 'another import fills this mind');
  if (table.last) throw new AppError('version_conflict', 'the mind has events', { head: table.last });
  database.fillings.set(filling.mind, filling);
}

function assertFree(database: Database, { mind, events }: Filling, more: readonly ChainedEvent[]): void {
  const table = database.table(mind);
  for (const { id, position } of more) {
    if (table?.byId.has(id) || events.some((event) => event.id === id))
      throw new AppError('invalid_request', `the same event id occurs twice: ${id}`);
    if (table?.byPosition.has(position))
      throw new AppError('version_conflict', 'somebody else appends to this mind');
  }
}

function stored(database: Database, events: readonly ChainedEvent[], by: string): void {
  try {
    database.insert(events, by);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new AppError('version_conflict', 'somebody else appends to this mind', { cause });
  }
}
