import type { Basis, MindEvent, WhyReply, WhyRequest } from '#libs/contracts';
import { AppError, basisOf, type BasisParts } from '#libs/kernel';
import type { IncrementalCache, LogClient } from '#libs/messaging';

/** How many earlier causes are looked at: a decision's append may come a few ticks late, a slow model's more. */
const CAUSES = 8;
/** Replies and reflections say at which position they were begun. */
const BEGUN_AT: Partial<Record<string, string>> = {
  assistant_message: 'contextPosition',
  reflection: 'to',
};

/** Explains the events that a service wrote, each on the past state that its rule saw: from the log, never from now. */
export class Whys<S extends object> {
  constructor(
    private readonly parts: BasisParts<S>,
    private readonly cache: Pick<IncrementalCache<S>, 'read'>,
    private readonly log: Pick<LogClient, 'read'>,
  ) {}

  /** @throws AppError `not_found` beyond the head, and those of event-log and the cache. */
  async of({ mind, position }: WhyRequest, deadlineAt: number): Promise<WhyReply> {
    const event = await this.eventAt(mind, position, deadlineAt);
    if (!event) throw new AppError('not_found', `${mind} has no event #${position}`);
    const { kind } = event;
    const basis =
      'legacy' in event.meta || !this.mayExplain(kind) ? null : await this.basis(event, deadlineAt);
    return { position, kind, basis };
  }

  private mayExplain = (kind: string): boolean => kind in this.parts.explainers;

  private async basis(event: MindEvent, deadlineAt: number): Promise<Basis | null> {
    for (const cause of await this.causesOf(event, deadlineAt)) {
      const { basis } = await this.cache.read(event.mind, { at: cause.position, deadlineAt }, (state) => ({
        basis: basisOf(this.parts, state, { event, cause }),
      }));
      if (basis) return basis;
    }
    return null;
  }

  /** The event that a rule may have answered to, the latest first. */
  private async causesOf(event: MindEvent, deadlineAt: number): Promise<MindEvent[]> {
    const { mind, position, meta, kind } = event;
    const begun = meta[BEGUN_AT[kind] ?? ''];
    if (typeof begun === 'number' && begun >= 1 && begun < position) {
      const cause = await this.eventAt(mind, begun, deadlineAt);
      return cause ? [cause] : [];
    }
    if (position === 1) return [];
    const kinds = [...new Set(['autonomy_tick', ...this.parts.rules.flatMap((rule) => rule.kinds)])];
    const request = { mind, after: position, limit: CAUSES, order: 'desc', kinds, purpose: 'query' } as const;
    return (await this.log.read(request, { deadlineAt })).events;
  }

  private async eventAt(mind: string, position: number, deadlineAt: number): Promise<MindEvent | undefined> {
    const request = { mind, after: position - 1, limit: 1, purpose: 'query' } as const;
    return (await this.log.read(request, { deadlineAt })).events[0];
  }
}
