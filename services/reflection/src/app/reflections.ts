import { randomUUID } from 'node:crypto';
import type { PositionReply, ReflectionsRequest, ReflectRequest } from '#libs/contracts';
import { draft, eventId } from '#libs/kernel';
import type { IncrementalCache, LogClient } from '#libs/messaging';
import type { ReflectionState } from '#libs/mind';
import { beforeNextTick, gate } from '../core/gate';
import { reflectionsPage, type ShownReflection } from '../core/reflections-page';
import type { Attempts } from './attempts';

/** What others ask about reflections: the list with the gate explained, and to reflect at the next tick. */
export class Reflections {
  constructor(
    private readonly cache: IncrementalCache<ReflectionState>,
    private readonly log: LogClient,
    private readonly attempts: Attempts,
  ) {}

  async list({ mind, limit = 20, before, minPosition }: ReflectionsRequest, deadlineAt: number) {
    const calls = this.attempts.callsOf(mind);
    const { complete, ...reply } = await this.cache.read(mind, { minPosition, deadlineAt }, (state) => ({
      ...reflectionsPage(state, { limit, before }),
      gate: gate(state, beforeNextTick(state), calls),
    }));
    if (complete || limit === 0) return reply;
    return { ...reply, ...(await this.older({ mind, limit, before }, reply.reflections, deadlineAt)) };
  }

  async request({ mind, key }: ReflectRequest, deadlineAt: number): Promise<PositionReply> {
    const id = key === undefined ? randomUUID() : eventId(mind, 'reflection', 'request', key);
    const events = [{ ...draft('reflection_requested', {}), id }];
    const { to } = await this.log.append({ mind, events }, { deadlineAt });
    return { position: to };
  }

  /** A page with texts from the log; what is known besides (rewards) comes from the folded state. */
  private async older(
    { mind, limit, before }: { mind: string; limit: number; before?: number },
    known: readonly ShownReflection[],
    deadlineAt: number,
  ) {
    const { events, next } = await this.log.read(
      { mind, after: before ?? 0, limit, order: 'desc', kinds: ['reflection'], purpose: 'query' },
      { deadlineAt },
    );
    const byPosition = new Map(known.map((reflection) => [reflection.position, reflection]));
    const reflections = events.map(({ position, at, content, meta }) => {
      const { trigger = null, style = null, from = 0, to = 0, overlap = 0, provider = '', model = '' } = meta;
      const shown = byPosition.get(position) ?? { trigger, style, from, to, overlap, provider, model };
      return { ...shown, position, at, text: content };
    });
    const last = reflections.at(-1)?.position;
    return { reflections, next: next === undefined ? undefined : last };
  }
}
