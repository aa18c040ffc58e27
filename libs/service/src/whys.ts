import type { Basis, MindEvent, ReadRequest, WhyReply, WhyRequest } from '#libs/contracts';
import { AppError, basisBeside, basisOf, type BasisParts } from '#libs/kernel';
import type { IncrementalCache, LogClient } from '#libs/messaging';

/** How many earlier causes are looked at: a decision's append may come a few ticks late, a slow model's more. */
const CAUSES = 8;
/** An append of a turn has at most 16 events beside the message, or 8 beside the reply; false tries come before it. */
const NEAR_BEFORE = 20;
const NEAR_AFTER = 3;
/** Turns of one mind come one after the other, so that a turn's message is among the latest. */
const NEAR_TURNS = 16;
/** Replies and reflections say at which position they were begun. */
const BEGUN_AT: Partial<Record<string, string>> = {
  assistant_message: 'contextPosition',
  reflection: 'to',
};
/** Begun at a tick that it does not name: one after the attempt before it. */
const BEGUN_AFTER: Partial<Record<string, readonly string[]>> = {
  reflection_rejected: ['reflection', 'reflection_rejected'],
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
    const basis = 'legacy' in event.meta ? null : await this.basis(event, deadlineAt);
    return { position, kind, basis };
  }

  private async basis(event: MindEvent, deadlineAt: number): Promise<Basis | null> {
    const { explainers, besides = {}, onState = () => true } = this.parts;
    const { kind } = event;
    const beside =
      kind in besides ? basisBeside(this.parts, event, await this.near(event, deadlineAt)) : null;
    if (beside || !(kind in explainers) || !onState(event)) return beside;
    const after = BEGUN_AFTER[kind];
    return after ? this.begunAfter(event, after, deadlineAt) : this.caused(event, deadlineAt);
  }

  private async caused(event: MindEvent, deadlineAt: number): Promise<Basis | null> {
    for (const cause of await this.causesOf(event, deadlineAt)) {
      const basis = await this.basisAt(event, cause, deadlineAt);
      if (basis) return basis;
    }
    return null;
  }

  /**
   * The first tick at which the state called for it: a call that is open keeps all later ones from beginning another.
   * Had that call failed, a later tick began it; the log does not tell, so that the others are named too.
   */
  private async begunAfter(
    event: MindEvent,
    kinds: readonly string[],
    deadlineAt: number,
  ): Promise<Basis | null> {
    const latest = await this.latest(event, [...kinds, 'autonomy_tick'], deadlineAt);
    const ended = latest.findIndex(({ kind }) => kinds.includes(kind));
    const ticks = latest.slice(0, ended < 0 ? latest.length : ended).reverse();
    const found: Basis[] = [];
    for (const cause of ticks) {
      const basis = await this.basisAt(event, cause, deadlineAt);
      if (basis) found.push(basis);
    }
    const [first, ...others] = found;
    if (!first) return null;
    const orBegunAt = others.map(({ cause }) => cause.position);
    const certain = others.length === 0 && (ended >= 0 || latest.length < CAUSES);
    return { ...first, numbers: { ...first.numbers, begun: { certain, orBegunAt } } };
  }

  private async basisAt(event: MindEvent, cause: MindEvent, deadlineAt: number): Promise<Basis | null> {
    const past = { at: cause.position, deadlineAt };
    const { basis } = await this.cache.read(event.mind, past, (state) => ({
      basis: basisOf(this.parts, state, { event, cause }),
    }));
    return basis;
  }

  /** The event that a rule may have answered to, the latest first. */
  private async causesOf(event: MindEvent, deadlineAt: number): Promise<MindEvent[]> {
    const { mind, position, meta, kind } = event;
    const begun = meta[BEGUN_AT[kind] ?? ''];
    if (typeof begun === 'number' && begun >= 1 && begun < position) {
      const cause = await this.eventAt(mind, begun, deadlineAt);
      return cause ? [cause] : [];
    }
    const kinds = ['autonomy_tick', ...this.parts.rules.flatMap((rule) => rule.kinds)];
    return this.latest(event, [...new Set(kinds)], deadlineAt);
  }

  private async latest({ mind, position }: MindEvent, kinds: string[], deadlineAt: number, limit = CAUSES) {
    // Before the first there is nothing, and `after: 1` downwards would be no position.
    if (position === 1) return [];
    return this.read({ mind, after: position, limit, order: 'desc', kinds }, deadlineAt);
  }

  /** The events around it, and when it belongs to a turn, the latest messages before it. */
  private async near(event: MindEvent, deadlineAt: number): Promise<MindEvent[]> {
    const after = Math.max(0, event.position - 1 - NEAR_BEFORE);
    const limit = event.position - after + NEAR_AFTER;
    const around = await this.read({ mind: event.mind, after, limit }, deadlineAt);
    if (!('turnId' in event.meta)) return around;
    const said = await this.latest(event, ['user_message'], deadlineAt, NEAR_TURNS);
    return [...said.filter(({ position }) => position <= after).reverse(), ...around];
  }

  private async eventAt(mind: string, position: number, deadlineAt: number): Promise<MindEvent | undefined> {
    return (await this.read({ mind, after: position - 1, limit: 1 }, deadlineAt))[0];
  }

  private async read(request: Omit<ReadRequest, 'purpose'>, deadlineAt: number): Promise<MindEvent[]> {
    return (await this.log.read({ ...request, purpose: 'query' }, { deadlineAt })).events;
  }
}
