export { PmmClient } from './pmm-client';
export { PmmError } from './pmm-error';
export type { CallOptions, ClientOptions } from './http-calls';
export type { FollowOptions } from './follow';
export type { RetryPolicy } from './retry';
export { splitLines } from './log-files';
export type {
  AppendBody,
  CloseCommitmentBody,
  CommitmentsQuery,
  CreateMindBody,
  DigestsReply,
  EventsQuery,
  EventsReply,
  ImportedReply,
  OpenCommitmentBody,
  PageQuery,
  ReplicaReport,
  ServiceReport,
  StateDigest,
  StateQuery,
  StreamedBatch,
  SwitchModelBody,
  SystemReply,
  SystemTotals,
  TurnBody,
  TurnPart,
} from './replies';
