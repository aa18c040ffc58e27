import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import {
  appendRequest,
  archiveRequest,
  createRequest,
  exportRequest,
  gatherRequest,
  headsRequest,
  idsRequest,
  importRequest,
  mindRequest,
  mindsRequest,
  readRequest,
  verifyRequest,
  type Appended,
  type AppendReply,
  type AppendRequest,
  type ArchiveRequest,
  type Batch,
  type CreateRequest,
  type ExportReply,
  type ExportRequest,
  type GatherRequest,
  type HeadsReply,
  type HeadsRequest,
  type IdsRequest,
  type ImportReply,
  type ImportRequest,
  type MindInfo,
  type MindRequest,
  type MindsReply,
  type MindsRequest,
  type ReadRequest,
  type ReceiptReply,
  type VerifyReply,
  type VerifyRequest,
} from '#libs/contracts';
import { Handles, OnAppended, OnBatch, RawJson, type RequestContext } from '#libs/messaging';
import { SERVICE_CONFIG } from '#libs/service';
import type { EventLog } from '../compose';
import type { EventLogSettings } from '../config';

export const EVENT_LOG = Symbol('EVENT_LOG');

const nothing = z.object({});

/** `pmm.v1.log.<shard>.<verb>`, `pmm.v1.log.minds` and `pmm.v1.log.info`. */
@Controller()
export class LogController {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(SERVICE_CONFIG) private readonly config: EventLogSettings,
  ) {}

  @Handles('create', createRequest)
  create(request: CreateRequest): Promise<MindInfo> {
    return this.log.minds.create(request);
  }

  @Handles('get', mindRequest)
  get({ mind }: MindRequest): Promise<MindInfo> {
    return this.log.minds.get(mind);
  }

  @Handles('archive', archiveRequest, { serial: true })
  archive(request: ArchiveRequest): Promise<MindInfo> {
    return this.log.minds.archive(request);
  }

  @Handles('minds', mindsRequest, { sharded: false })
  minds(request: MindsRequest): Promise<MindsReply> {
    return this.log.minds.list(request);
  }

  @Handles('info', nothing, { sharded: false })
  info(): { shards: number } {
    return { shards: this.config.PMM_SHARDS };
  }

  @Handles('append', appendRequest)
  append(request: AppendRequest, { deadlineAt }: RequestContext): Promise<AppendReply> {
    return this.log.appender.append(request, deadlineAt);
  }

  @Handles('read', readRequest)
  async read(request: ReadRequest): Promise<RawJson> {
    return new RawJson(await this.log.reads.read(request));
  }

  @Handles('gather', gatherRequest)
  async gather(request: GatherRequest): Promise<RawJson> {
    return new RawJson(await this.log.reads.gather(request));
  }

  @Handles('ids', idsRequest)
  async ids(request: IdsRequest): Promise<RawJson> {
    return new RawJson(await this.log.reads.byIds(request));
  }

  @Handles('heads', headsRequest)
  heads(request: HeadsRequest): Promise<HeadsReply> {
    return this.log.heads.heads(request);
  }

  @Handles('verify', verifyRequest)
  verify(request: VerifyRequest): Promise<VerifyReply | ReceiptReply> {
    return request.hash === undefined ? this.log.verify.verify(request) : this.log.verify.receipt(request);
  }

  @Handles('export', exportRequest)
  export(request: ExportRequest): Promise<ExportReply> {
    return this.log.exports.page(request);
  }

  @Handles('import', importRequest, { serial: true })
  import(request: ImportRequest): Promise<ImportReply> {
    return this.log.imports.take(request);
  }

  @OnBatch()
  onBatch(batch: Batch): Promise<void> {
    this.log.keeper.seenBatch(batch);
    return Promise.resolve();
  }

  @OnAppended()
  onAppended(appended: Appended): Promise<void> {
    this.log.keeper.seenAppended(appended);
    return Promise.resolve();
  }
}
