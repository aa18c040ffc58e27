import type { MigrationInterface, QueryRunner } from 'typeorm';

const PARTITIONS = 8;

/**
 * `events`: `body` is the canonical text that was hashed, so content and meta are stored once and served as they are;
 * the columns beside it are what the database must enforce or find by. Every key begins with `mind`, and the table is
 * hash-partitioned by it, so that it can move to a distributed PostgreSQL unchanged. There is no foreign key to
 * `minds`: it would lock a row per event; event-log knows its minds.
 *
 * A chain cannot fork: a position exists once, and so does a successor of each hash (and, as NULLs count as equal, a
 * first event). `shard` is stored with the mind because the number of shards never changes after the first start.
 */
export class CreateLog1700000000000 implements MigrationInterface {
  name = 'CreateLog1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...partitions(), ...INDEXES, ...GUARDS])
      await runner.query(statement);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('a log is never dropped by a migration'));
  }
}

const TABLES = [
  `CREATE TABLE settings (
    key text PRIMARY KEY,
    value text NOT NULL
  )`,
  `CREATE TABLE minds (
    id text COLLATE "C" PRIMARY KEY,
    shard integer NOT NULL,
    created_at timestamptz NOT NULL,
    tick_interval_ms integer,
    provider text,
    model text,
    archived_at timestamptz,
    imported_to bigint NOT NULL DEFAULT 0
  )`,
  `CREATE INDEX minds_shard ON minds (shard, id)`,
  `CREATE TABLE events (
    mind text COLLATE "C" NOT NULL,
    position bigint NOT NULL CHECK (position >= 1),
    id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    prev_hash bytea CHECK (octet_length(prev_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    body text NOT NULL,
    CONSTRAINT events_first CHECK ((position = 1) = (prev_hash IS NULL)),
    CONSTRAINT events_position PRIMARY KEY (mind, position),
    CONSTRAINT events_id UNIQUE (mind, id),
    CONSTRAINT events_chain UNIQUE NULLS NOT DISTINCT (mind, prev_hash)
  ) PARTITION BY HASH (mind)`,
];

const partitions = (): string[] =>
  Array.from(
    { length: PARTITIONS },
    (_, part) =>
      `CREATE TABLE events_${part} PARTITION OF events FOR VALUES WITH (MODULUS ${PARTITIONS}, REMAINDER ${part})`,
  );

const INDEXES = [
  `CREATE INDEX events_kind ON events (mind, kind, position)`,
  `CREATE INDEX events_at ON events USING brin (at)`,
];

/** A row trigger of the parent holds for its partitions; a TRUNCATE trigger is needed on each of them. */
const GUARDS = [
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'events are append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END $$`,
  `CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  ...['events', ...Array.from({ length: PARTITIONS }, (_, part) => `events_${part}`)].map(
    (table) =>
      `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
  ),
];
