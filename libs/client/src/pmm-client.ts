import { randomUUID } from 'node:crypto';
import type {
  AdoptReply,
  AppendReply,
  CommitmentReply,
  CommitmentsReply,
  KnowledgeReply,
  MindInfo,
  MindsReply,
  OpenReply,
  PositionReply,
  ReceiptReply,
  ReflectionsReply,
  SelfModelReply,
  TickReply,
  TurnReply,
  VerifyReply,
  WhyReply,
} from '#libs/contracts';
import { follow, type FollowOptions } from './follow';
import { HttpCalls, type CallOptions, type ClientOptions, type Query } from './http-calls';
import { exportLines, importLog } from './log-files';
import type * as Http from './replies';
import { streamTurn } from './turn-stream';

/** A turn may wait for others and for a slow model; the gateway's own deadline comes first. */
const TURN_LIMIT_MS = 15 * 60 * 1000;
const WHY_LIMIT_MS = 60 * 1000;
const VERIFY_LIMIT_MS = 5 * 60 * 1000;

const mindPath = (mind: string, rest = '') => `/v1/minds/${encodeURIComponent(mind)}${rest}`;

/**
 * The HTTP interface of a gateway, one method an endpoint. Every call that fails throws `PmmError`; what a retry can
 * cure was tried again before, each POST under one `Idempotency-Key`.
 */
export class PmmClient {
  private readonly calls: HttpCalls;

  constructor(options: ClientOptions) {
    this.calls = new HttpCalls(options);
  }

  get url(): string {
    return this.calls.url;
  }

  // --- minds

  createMind(body: Http.CreateMindBody, options?: CallOptions): Promise<MindInfo> {
    return this.post('/v1/minds', body, options);
  }
  minds(query: { after?: string; limit?: number } = {}, options?: CallOptions): Promise<MindsReply> {
    return this.get('/v1/minds', query, options);
  }
  mind(mind: string, options?: CallOptions): Promise<MindInfo> {
    return this.get(mindPath(mind), {}, options);
  }
  archive(mind: string, options?: CallOptions): Promise<MindInfo> {
    return this.post(mindPath(mind, '/archive'), {}, options);
  }
  unarchive(mind: string, options?: CallOptions): Promise<MindInfo> {
    return this.post(mindPath(mind, '/unarchive'), {}, options);
  }

  // --- turns

  /** Says something and waits for the whole reply. The turn id, drawn here when absent, makes retries safe. */
  turn(mind: string, body: Http.TurnBody, options?: CallOptions): Promise<TurnReply> {
    const turn = { ...body, turnId: body.turnId ?? randomUUID() };
    return this.post(mindPath(mind, '/turns'), turn, { timeoutMs: TURN_LIMIT_MS, ...options });
  }
  /** Says something and yields the reply while it comes: tokens, restarts, then `done`. */
  streamTurn(mind: string, body: Http.TurnBody, options: CallOptions = {}) {
    return streamTurn(this.calls, mindPath(mind, '/turns'), body, options);
  }

  // --- the log

  events(mind: string, query: Http.EventsQuery = {}, options?: CallOptions): Promise<Http.EventsReply> {
    return this.get(mindPath(mind, '/events'), { ...query }, options);
  }
  /** What the rule that wrote an event saw. It may take a while: a past state is folded for it. */
  why(mind: string, position: number, options?: CallOptions): Promise<WhyReply> {
    return this.get(mindPath(mind, '/why'), { position }, { timeoutMs: WHY_LIMIT_MS, ...options });
  }
  /** Appends events of the caller's own kinds, `x.…`. */
  append(mind: string, body: Http.AppendBody, options?: CallOptions): Promise<AppendReply> {
    return this.post(mindPath(mind, '/events'), body, options);
  }
  /** The batches of a mind while they happen, see `follow`. */
  follow(mind: string, options: FollowOptions = {}) {
    return follow(this.calls, mindPath(mind), options);
  }
  verify(
    mind: string,
    range: { from?: number; to?: number } = {},
    options?: CallOptions,
  ): Promise<VerifyReply> {
    return this.get(mindPath(mind, '/verify'), range, { timeoutMs: VERIFY_LIMIT_MS, ...options });
  }
  /** Whether a head that somebody kept is still part of the log. */
  receipt(
    mind: string,
    head: { position: number; hash: string },
    options?: CallOptions,
  ): Promise<ReceiptReply> {
    return this.get(mindPath(mind, '/verify'), { position: head.position, hash: head.hash }, options);
  }
  /** The lines of the export as they come; the last one is the export line. */
  exportLines(mind: string, signal?: AbortSignal): AsyncGenerator<string, void> {
    return exportLines(this.calls, mindPath(mind, '/export'), signal);
  }
  /** `array`: the file is one JSON array; else NDJSON. */
  importLog(
    mind: string,
    chunks: AsyncIterable<Uint8Array>,
    options: { array: boolean; signal?: AbortSignal },
  ) {
    return importLog(this.calls, mindPath(mind, '/import'), chunks, options);
  }

  // --- what the mind is

  selfModel(mind: string, query: Http.StateQuery = {}, options?: CallOptions): Promise<SelfModelReply> {
    return this.get(mindPath(mind, '/self-model'), { ...query }, options);
  }
  digests(mind: string, query: Http.StateQuery = {}, options?: CallOptions): Promise<Http.DigestsReply> {
    return this.get(mindPath(mind, '/digests'), { ...query }, options);
  }
  setIdentity(mind: string, name: string, options?: CallOptions): Promise<AdoptReply> {
    return this.post(mindPath(mind, '/identity'), { name }, options);
  }
  knowledge(mind: string, query: Http.PageQuery = {}, options?: CallOptions): Promise<KnowledgeReply> {
    return this.get(mindPath(mind, '/knowledge'), { ...query }, options);
  }
  assertKnowledge(mind: string, statement: string, options?: CallOptions): Promise<PositionReply> {
    return this.post(mindPath(mind, '/knowledge'), { statement }, options);
  }

  // --- commitments and reflections

  commitments(
    mind: string,
    query: Http.CommitmentsQuery = {},
    options?: CallOptions,
  ): Promise<CommitmentsReply> {
    return this.get(mindPath(mind, '/commitments'), { ...query }, options);
  }
  openCommitment(mind: string, body: Http.OpenCommitmentBody, options?: CallOptions): Promise<OpenReply> {
    return this.post(mindPath(mind, '/commitments'), body, options);
  }
  closeCommitment(mind: string, cid: string, body: Http.CloseCommitmentBody, options?: CallOptions) {
    return this.post<CommitmentReply>(commitmentPath(mind, cid, 'close'), body, options);
  }
  snoozeCommitment(mind: string, cid: string, untilTick: number, options?: CallOptions) {
    return this.post<CommitmentReply>(commitmentPath(mind, cid, 'snooze'), { untilTick }, options);
  }
  reflections(
    mind: string,
    query: Http.PageQuery & { minPosition?: number } = {},
    options?: CallOptions,
  ): Promise<ReflectionsReply> {
    return this.get(mindPath(mind, '/reflections'), { ...query }, options);
  }
  /** Asks for a reflection at a tick that comes at once. */
  reflect(mind: string, options?: CallOptions): Promise<PositionReply> {
    return this.post(mindPath(mind, '/reflections'), {}, options);
  }

  // --- how the mind runs

  tick(mind: string, options?: CallOptions): Promise<TickReply> {
    return this.post(mindPath(mind, '/ticks'), {}, options);
  }
  switchModel(mind: string, body: Http.SwitchModelBody, options?: CallOptions): Promise<PositionReply> {
    return this.post(mindPath(mind, '/model'), body, options);
  }
  system(options?: CallOptions): Promise<Http.SystemReply> {
    return this.get('/v1/system', {}, options);
  }

  private get<T>(path: string, query: Query, options?: CallOptions): Promise<T> {
    return this.calls.json({ method: 'GET', path, query, ...options });
  }
  private post<T>(path: string, body: unknown, options?: CallOptions): Promise<T> {
    return this.calls.json({ method: 'POST', path, body, ...options });
  }
}

const commitmentPath = (mind: string, cid: string, verb: string) =>
  mindPath(mind, `/commitments/${encodeURIComponent(cid)}/${verb}`);
