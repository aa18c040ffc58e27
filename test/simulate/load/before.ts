import { shardOf, type NewEvent } from '#libs/contracts';
import { checkNewEvent, commitmentId, draft, eventId } from '#libs/kernel';
import { chainEvents, EMPTY_HEAD } from '../../../services/event-log/src/core/chain.core';
import type { Database } from '../world/database';
import { EPOCH_MS } from '../world/scheduler';
import { SHARDS } from '../world/world';
import type { MindPlan } from './plan';

/** Puts a mind and what it has lived through before the run into the database. */
export function settle(database: Database, { id, history, importedTo, tickIntervalMs }: MindPlan): void {
  const settings = { id, shard: shardOf(id, SHARDS), tickIntervalMs, provider: null, model: null };
  const table = database.found(settings, EPOCH_MS);
  table.record = { ...table.record, importedTo };
  const past = Array.from({ length: history }, (_, n) => lived(id, n));
  database.insert(chainEvents(id, EMPTY_HEAD, past.map(checkNewEvent), EPOCH_MS - 60_000), 'the past');
}

/** A life in which rules would have decided, had it been lived here. */
export function lived(mind: string, n: number): NewEvent {
  const id = eventId(mind, 'before', n);
  switch (n % 7) {
    case 0:
      return { id, ...draft('user_message', { turnId: `before-${n}` }, 'From now on, keep your word') };
    case 1:
      return {
        id,
        ...draft('identity_adopt', { name: n < 7 ? 'Old' : 'Older', source: 'api', confidence: 1 }),
      };
    case 2: {
      const meta = { cid: commitmentId(mind, id), source: 'api', ttlTicks: 2 } as const;
      return { id, ...draft('commitment_open', meta, `Old task ${n} of Older`) };
    }
    case 3:
      return { id, ...draft('reflection_requested', {}) };
    case 4:
      return { id, ...draft('turn_failed', { turnId: `before-${n - 4}`, code: 'timeout', retryable: true }) };
    default:
      return {
        id,
        ...draft('autonomy_tick', { tick: 2 * Math.floor(n / 7) + (n % 7) - 4, reason: 'heartbeat' }),
      };
  }
}
