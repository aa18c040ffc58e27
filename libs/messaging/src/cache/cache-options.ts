import type { AppendReply, MindEvent, NewEvent, ServiceName } from '#libs/contracts';
import type { Clock, Fold, Rule } from '#libs/kernel';
import type { Log } from '../link';
import type { LogClient } from '../log-client';
import type { Metrics } from '../metrics';
import type { DecisionWriter } from './decision-writer';
import type { SnapshotStore } from './snapshot-store';

/** Something that a service starts beside the feed after a live event, e.g. a model call. Must return at once. */
export interface Effect<S> {
  readonly kinds: readonly string[];
  react(mind: string, state: S, event: MindEvent): void;
}

export interface CacheSettings {
  snapshotEvery: number;
  /** Probability with which a new snapshot is proved by folding onto the one before. */
  verifySample: number;
  residentMinds: number;
}

export interface CacheOptions<S extends object> {
  service: ServiceName;
  fold: Fold<S>;
  rules: readonly Rule<S>[];
  log: Pick<LogClient, 'read' | 'append'>;
  snapshots: Pick<SnapshotStore, 'get' | 'put' | 'behind' | 'dropOld'>;
  writer: Pick<DecisionWriter, 'write' | 'idle'>;
  settings: CacheSettings;
  metrics: Metrics;
  clock: Clock;
  logger: Log;
  random: () => number;
  alarm: (code: string, details: Record<string, unknown>) => void;
}

export interface Seen {
  watermark: number;
  headHash: string | null;
}

export interface ReadOptions {
  /** The answer must have folded this position. */
  minPosition?: number;
  /** The state at exactly this older position. */
  at?: number;
  deadlineAt: number;
}

/** What a command decided: events to append and the answer made of their positions, or an answer alone. */
export type CommandOutcome<T> =
  { events: NewEvent[]; answer: (reply: AppendReply) => T } | { events?: undefined; value: T };
