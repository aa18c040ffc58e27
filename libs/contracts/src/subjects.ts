export const SERVICES = [
  'event-log',
  'tick-coordinator',
  'projection',
  'commitment',
  'reflection',
  'conversation',
  'gateway',
] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The token of a service in subjects: event-log is addressed as `log`. */
export const serviceToken = (service: ServiceName): string => (service === 'event-log' ? 'log' : service);

const ROOT = 'pmm.v1';

/** Every subject of the system. Shards are decimal numbers, minds and turn ids are single tokens. */
export const subjects = {
  /** A request to the owner of a shard. */
  request: (service: ServiceName, shard: number, verb: string) =>
    `${ROOT}.${serviceToken(service)}.${shard}.${verb}`,
  /** A request that any member answers: `minds`, `info`. */
  unsharded: (service: ServiceName, verb: string) => `${ROOT}.${serviceToken(service)}.${verb}`,
  appended: (shard: number) => `${ROOT}.log.appended.${shard}`,
  batch: (shard: number, mind: string) => `${ROOT}.batch.${shard}.${mind}`,
  batches: (shard: number) => `${ROOT}.batch.${shard}.*`,
  everyBatch: `${ROOT}.batch.*.*`,
  turn: (mind: string, turnId: string) => `${ROOT}.turn.${mind}.${turnId}`,
  alarm: (service: ServiceName) => `${ROOT}.alarm.${service}`,
} as const;

export const BATCH_STREAM = 'BATCHES';
export const SNAPSHOT_BUCKET = (service: ServiceName): string => `pmm_snapshots_${service}`;
export const MEMBER_BUCKET = (service: ServiceName): string => `pmm_members_${service}`;

/** Header names of the wire protocol. */
export const HEADERS = {
  /** Milliseconds since 1970 after which nobody waits for the answer. */
  deadline: 'Pmm-Deadline',
  traceparent: 'traceparent',
  messageId: 'Nats-Msg-Id',
} as const;

/** FNV-1a, 32 bits, of the mind's ASCII id, modulo the number of shards: easy to repeat in any language. */
export function shardOf(mind: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < mind.length; i++) {
    hash ^= mind.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % shards;
}
