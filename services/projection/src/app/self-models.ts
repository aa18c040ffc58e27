import { randomUUID } from 'node:crypto';
import type {
  AdoptReply,
  AdoptRequest,
  AssertRequest,
  KnowledgeItem,
  KnowledgeReply,
  KnowledgeRequest,
  PositionReply,
  SelfModelReply,
  SelfModelRequest,
} from '#libs/contracts';
import { AppError, draft, eventId } from '#libs/kernel';
import type { IncrementalCache, LogClient } from '#libs/messaging';
import { adoptionDrafts, API_CONFIDENCE, validName, type ProjectionState } from '#libs/mind';
import { knowledgePage } from '../core/knowledge-page';
import { selfModel } from '../core/self-model';

/** What others ask of the self-models: views of the folded state, and the commands that name and teach a mind. */
export class SelfModels {
  constructor(
    private readonly cache: IncrementalCache<ProjectionState>,
    private readonly log: LogClient,
  ) {}

  get({ mind, at, minPosition }: SelfModelRequest, deadlineAt: number): Promise<SelfModelReply> {
    return this.cache.read(mind, { at, minPosition, deadlineAt }, selfModel);
  }

  /** The latest from the folded state; what is older than that from the log, by kind. */
  async knowledge(
    { mind, limit = 50, before, minPosition }: KnowledgeRequest,
    deadlineAt: number,
  ): Promise<KnowledgeReply> {
    const page = await this.cache.read(mind, { minPosition, deadlineAt }, (state) =>
      knowledgePage(state, { limit, before }),
    );
    const { complete, ...reply } = page;
    if (complete || limit === 0) return reply;
    const older = await this.log.read(
      { mind, after: before ?? 0, limit, order: 'desc', kinds: ['knowledge_assert'], purpose: 'query' },
      { deadlineAt },
    );
    const knowledge: KnowledgeItem[] = older.events.map(({ position, content }) => ({
      position,
      statement: content,
    }));
    const next = older.next === undefined ? undefined : older.events.at(-1)?.position;
    return {
      watermark: reply.watermark,
      digest: reply.digest,
      knowledge,
      ...(next === undefined ? {} : { next }),
    };
  }

  /** @throws AppError `invalid_request` when it is no name. */
  async adopt({ mind, name, key }: AdoptRequest, deadlineAt: number): Promise<AdoptReply> {
    const valid = validName(name);
    if (valid === null) {
      throw new AppError(
        'invalid_request',
        "name: 1 to 64 characters; it begins with a letter, then letters, digits, space, ' - _ .",
      );
    }
    const { from, to } = await this.log.append(
      { mind, events: withIds(mind, 'adopt', key, adoptionDrafts(valid, 'api', API_CONFIDENCE)) },
      { deadlineAt },
    );
    return { positions: [from, to] };
  }

  async assert({ mind, statement, key }: AssertRequest, deadlineAt: number): Promise<PositionReply> {
    if (statement.trim() === '') throw new AppError('invalid_request', 'statement: is empty');
    const events = withIds(mind, 'assert', key, [draft('knowledge_assert', {}, statement)]);
    const { to } = await this.log.append({ mind, events }, { deadlineAt });
    return { position: to };
  }
}

/** Ids that derive from the caller's key, so that a retry is the same append; without one, new ids. */
function withIds<D extends object>(mind: string, verb: string, key: string | undefined, drafts: D[]) {
  return drafts.map((d, n) => ({
    ...d,
    id: key === undefined ? randomUUID() : eventId(mind, 'projection', verb, key, n),
  }));
}
