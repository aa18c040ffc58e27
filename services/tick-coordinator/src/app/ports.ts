import type {
  AppendReply,
  AppendRequest,
  Batch,
  GatherReply,
  GatherRequest,
  HeadsReply,
  HeadsRequest,
  MindInfo,
  ReadReply,
  ReadRequest,
} from '#libs/contracts';

/** What the coordinator needs of the log. */
export interface LogPort {
  append(request: AppendRequest, options?: { timeoutMs?: number }): Promise<AppendReply>;
  gather(shard: number, request: GatherRequest, options?: { timeoutMs?: number }): Promise<GatherReply>;
  read(request: ReadRequest, options?: { timeoutMs?: number }): Promise<ReadReply>;
  heads(request: HeadsRequest, options?: { timeoutMs?: number }): Promise<HeadsReply>;
  mind(mind: string, options?: { timeoutMs?: number }): Promise<MindInfo>;
}

/** Where batches go: each is published once. */
export interface BroadcastPort {
  publish(shard: number, batch: Batch): void;
}
