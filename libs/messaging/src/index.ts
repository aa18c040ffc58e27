export { RawJson } from './raw-json';
export { Handles, OnAppended, OnBatch } from './handles.decorator';
export { Metrics } from './metrics';
export { Link, type LinkOptions, type Log } from './link';
export { Requests, type AskOptions } from './requests';
export { LogClient } from './log-client';
export { KeyedQueue } from './keyed-queue';
export { Slots } from './slots';
export { Bucket } from './bucket';
export { Ownership, type OwnershipOptions } from './ownership';
export { answerServiceProtocol, type ProtocolOptions } from './service-protocol';
export { BatchStream } from './stream';
export { PmmTransport, type RequestContext, type TransportOptions } from './transport';
export { newInstance } from './instance';
export { within } from './within';
export { currentTrace, underTrace } from './trace';
export { Alarms, toAlarms } from './cache/alarms';
export { IncrementalCache } from './cache/incremental-cache';
export type {
  CacheOptions,
  CacheSettings,
  CommandOutcome,
  Effect,
  ReadOptions,
  Seen,
} from './cache/cache-options';
export { DecisionWriter, type WriteResult } from './cache/decision-writer';
export { HeadsWatch } from './cache/heads-watch';
export { SnapshotStore, type Snapshot } from './cache/snapshot-store';
