/** Everything that the harness does to a running system. */
export const FAULT_KINDS = [
  'kill-service',
  'pause-service',
  'two-owners',
  'nats-restart',
  'nats-wipe',
  'nats-cut',
  'nats-delay',
  'nats-pause',
  'postgres-restart',
  'postgres-backend-kill',
  'postgres-cut',
  'postgres-delay',
  'postgres-pause',
  'batches-doubled',
  'batches-reordered',
  'full-queues',
  'model-hangs',
  'model-errs',
  'model-says-nothing',
  'fork-attempt',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What came of an injection. Not real: it met nothing that it could have done something to. */
export interface Effect {
  about: string;
  isReal: boolean;
}

/** A fault in a run's plan. */
export interface PlannedFault {
  kind: FaultKind;
  /** After the start of the load. */
  atMs: number;
}
