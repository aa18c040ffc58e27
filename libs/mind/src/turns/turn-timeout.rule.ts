import { draft, eventId, type Rule } from '#libs/kernel';
import { millisecondsBetween } from '../clock/clock.fold';
import { TURN_TIMEOUT_MS } from './turns.constants';
import type { TurnsState } from './turns.fold';

/** The id of a turn's only outcome, a reply or a failure: the log's unique ids let one of them in. */
export const outcomeId = (mind: string, turnId: string): string => eventId(mind, turnId, 'outcome');

/** The id of a turn's user message. */
export const userMessageId = (mind: string, turnId: string): string => eventId(mind, turnId, 'user');

/** At a tick: a turn that has been open for 10 minutes gets its `turn_failed`. */
export const turnTimeoutRule: Rule<{ turns: TurnsState }> = {
  name: 'turn_timeout',
  kinds: ['autonomy_tick'],
  decide: ({ turns }, tick) =>
    [...turns.open]
      .filter(([, { at }]) => millisecondsBetween(at, tick.at) >= TURN_TIMEOUT_MS)
      .map(([turnId]) => ({
        cause: `turn:${turnId}`,
        drafts: [
          {
            ...draft('turn_failed', { turnId, code: 'timeout', retryable: true }),
            id: outcomeId(tick.mind, turnId),
          },
        ],
      })),
};
