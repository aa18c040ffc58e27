import type { Span } from '#libs/contracts';
import type { Clock } from '#libs/kernel';
import { CONNECTIONS, Database } from './adapters/postgres/database';
import { MindRow } from './adapters/postgres/entities';
import { PostgresEventStore } from './adapters/postgres/postgres-event.store';
import { PostgresImportStore } from './adapters/postgres/postgres-import.store';
import { PostgresMindStore } from './adapters/postgres/postgres-mind.store';
import { ThreadedProver } from './adapters/postgres/threaded-prover';
import { Announcer } from './app/announcer';
import { Appender } from './app/appender';
import { AskingWriter } from './app/asking-writer';
import { CommitLog } from './app/commit-log';
import type { EventStore } from './app/event-store.port';
import { ExportLog } from './app/export-log';
import { HeadsLog } from './app/heads-log';
import { ImportSessions } from './app/import-sessions';
import type { ImportStore } from './app/import-store.port';
import type { LogMeter } from './app/log-meter.port';
import { MindCache } from './app/mind-cache';
import { MindList } from './app/mind-list';
import type { MindStore } from './app/mind-store.port';
import type { Prover } from './app/prover.port';
import { ReadLog } from './app/read-log';
import { ShardKeeper } from './app/shard-keeper';
import { TailCache } from './app/tail-cache';
import { VerifyLog } from './app/verify-log';

/** What one event-log needs from outside. */
export interface EventLogOptions {
  postgresUrl: string;
  shards: number;
  tailBytes: number;
  clock: Clock;
  meter: LogMeter;
  publish: (shard: number, spans: readonly Span[], again: boolean) => void;
  owns: (shard: number) => boolean;
  warn: (message: string, error: unknown) => void;
  /** How long an import may stay without a chunk; 30 s. */
  importQuietMs?: number;
  /** The compiled file that a thread of proofs runs; the one beside the adapter. */
  proofFile?: string;
}

/** The parts of one running event-log. */
export interface EventLog {
  minds: MindList;
  appender: Appender;
  reads: ReadLog;
  heads: HeadsLog;
  verify: VerifyLog;
  exports: ExportLog;
  imports: ImportSessions;
  keeper: ShardKeeper;
  tails: TailCache;
  announcer: Announcer;
  /** Takes nothing more in, ends what was accepted, gives up imports, closes the database. */
  close(): Promise<void>;
}

/** An event-log with a database of its own. */
export interface PostgresEventLog extends EventLog {
  /** @throws AppError `unavailable` when PostgreSQL does not answer the simplest question within a second */
  askDatabase(): Promise<void>;
}

/** Where an event-log keeps what it is told. */
export interface LogStores {
  events: EventStore;
  minds: MindStore;
  imports: ImportStore;
  prover: Prover;
  close(): Promise<void>;
}

/** Builds an event-log on a database that is migrated; two of them on one database are two replicas. */
export async function composeEventLog(options: EventLogOptions): Promise<PostgresEventLog> {
  const holder: { log?: ReturnType<typeof assembleEventLog> } = {};
  const database = await Database.open({
    url: options.postgresUrl,
    onIdleError: (error) => {
      options.warn('a database connection was lost', error);
      holder.log?.connectionLost();
    },
  });
  const prover = new ThreadedProver(database.reads, {
    ...{ url: options.postgresUrl, threads: CONNECTIONS.proofs },
    file: options.proofFile,
    warn: options.warn,
  });
  const stores = {
    prover,
    events: new PostgresEventStore(database),
    minds: new PostgresMindStore(database.source.getRepository(MindRow), database.reads, database.appends),
    imports: new PostgresImportStore(database.imports),
    close: async () => {
      await prover.close();
      await database.close();
    },
  };
  holder.log = assembleEventLog(stores, options);
  return { ...holder.log, askDatabase: () => database.ask() };
}

/** Puts the parts of an event-log together; `connectionLost` tells it that nothing in memory is certain any more. */
export function assembleEventLog(
  stores: LogStores,
  options: Omit<EventLogOptions, 'postgresUrl'>,
): EventLog & { connectionLost(): void } {
  const { clock, meter, warn } = options;
  const { events, prover } = stores;
  const minds = new MindCache(stores.minds, options.shards);
  const tails = new TailCache(options.tailBytes);
  const port = {
    publish: options.publish,
    owns: options.owns,
    shardOf: (mind: string) => minds.shardOf(mind),
  };
  const announcer = new Announcer(port, clock);
  minds.onNews((span) => announcer.announce([span]));
  const commits = new CommitLog(minds, tails, announcer, options.owns);
  const asking = new AskingWriter({ events, minds, commits, clock, meter });
  const imports = new ImportSessions({
    store: stores.imports,
    ...{ minds, announcer, clock, quietMs: options.importQuietMs },
    onRollbackFailed: (mind, error) => warn(`an import into ${mind} could not be rolled back`, error),
  });
  const lanes = { events, minds, tails, commits, asking, clock, meter };
  const appender = new Appender(lanes, (mind) => imports.holds(mind));
  const onLoadFailed = (shard: number, error: unknown) =>
    warn(`the heads of shard ${shard} could not be read`, error);
  const keeper = new ShardKeeper({
    minds,
    tails,
    announcer,
    imports,
    clock,
    owns: options.owns,
    onLoadFailed,
  });
  announcer.start();
  return {
    ...{ appender, imports, keeper, tails, announcer },
    minds: new MindList(minds, stores.minds, clock),
    reads: new ReadLog({ events, minds, tails, meter, clock }),
    heads: new HeadsLog(minds, stores.minds),
    verify: new VerifyLog({ events, minds, prover, meter, clock }),
    exports: new ExportLog({ events, minds, meter }),
    close: async () => {
      keeper.stop();
      await Promise.all([appender.close(), imports.close()]);
      announcer.stop();
      await stores.close();
    },
    connectionLost: () => minds.dropHeads(),
  };
}
