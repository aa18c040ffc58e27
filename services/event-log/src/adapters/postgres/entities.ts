import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row per mind: settings, no state. */
@Entity('minds')
export class MindRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('integer')
  shard!: number;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('integer', { name: 'tick_interval_ms', nullable: true })
  tickIntervalMs!: number | null;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { nullable: true })
  model!: string | null;

  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt!: Date | null;

  @Column('bigint', { name: 'imported_to', default: 0 })
  importedTo!: string;

  /** The last requests that set or cleared `archived_at`, newest first. */
  @Column('uuid', { name: 'archive_requests', array: true, default: [] })
  archiveRequests!: string[];
}

/** What was fixed at the first start of a database. */
@Entity('settings')
export class SettingRow {
  @PrimaryColumn('text')
  key!: string;

  @Column('text')
  value!: string;
}

/** One row per event. Written and read by statements of their own; here for the table's shape. */
@Entity('events')
export class EventRow {
  @PrimaryColumn('text')
  mind!: string;

  @PrimaryColumn('bigint')
  position!: string;

  @Column('uuid')
  id!: string;

  @Column('text')
  kind!: string;

  @Column('timestamptz')
  at!: Date;

  @Column('bytea', { name: 'prev_hash', nullable: true })
  prevHash!: Buffer | null;

  @Column('bytea')
  hash!: Buffer;

  /** Canonical JSON of the event without `hash`: the text that was hashed. */
  @Column('text')
  body!: string;
}
