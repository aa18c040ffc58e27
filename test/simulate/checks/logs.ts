import { hashCanonical } from '#libs/kernel';
import type { MindEvent } from '#libs/contracts';
import { eventLine, type ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import type { History } from '../load/history';
import type { World } from '../world/world';

/** A log as it is at the end, straight from the database. */
export interface Log {
  mind: string;
  importedTo: number;
  rows: ChainedEvent[];
  /** For those who only look at them. */
  readonly events: readonly MindEvent[];
  /** For a fold, which may change what it is given. */
  copyOfEvents(to?: number): MindEvent[];
}

export const logsOf = ({ database }: World): Log[] =>
  [...database.minds.values()].map(({ record: { id: mind, importedTo } }) => {
    const rows = database.log(mind);
    return logOf({ mind, importedTo, rows });
  });

/** Events are read when somebody asks for them: many looks at a log are at its rows alone. */
function logOf(parts: Pick<Log, 'mind' | 'importedTo' | 'rows'>): Log {
  let [lines, events]: [string[]?, MindEvent[]?] = [];
  const copyOfEvents = (to?: number) =>
    JSON.parse(`[${(lines ??= parts.rows.map(eventLine)).slice(0, to).join()}]`) as MindEvent[];
  return {
    ...parts,
    get events() {
      return (events ??= copyOfEvents());
    },
    copyOfEvents,
  };
}

/** Positions without gaps, one chain, hashes that fit, every id once, every tick's number once and rising. */
export function checkLog(world: World, { mind, rows, events }: Log): void {
  const ids = new Set<string>();
  const requests = new Set<unknown>();
  let [hash, tick]: [string | null, number] = [null, 0];
  for (const [index, row] of rows.entries()) {
    const at = `${mind} #${row.position}`;
    if (row.position !== index + 1) world.violated('positions have no gap', at);
    if (row.prevHash !== hash) world.violated('the chain never forks', at);
    if (hashCanonical(row.body) !== row.hash) world.violated('hashes fit', at);
    if (ids.has(row.id)) world.violated('an event is in the log once', `${at}: ${row.id}`);
    ids.add(row.id);
    hash = row.hash;
    const event = events[index];
    if (event?.kind !== 'autonomy_tick') continue;
    const number = event.meta.tick as number;
    if (number !== tick + 1)
      world.violated('no tick number twice, none left out', `${at}: ${number} after ${tick}`);
    tick = number;
    const { key } = event.meta;
    if (key !== undefined && requests.has(key))
      world.violated('a request ticks once', `${at}: ${String(key)}`);
    requests.add(key);
  }
}

/** What was acknowledged is there, once, in its order and at the place that was told. */
export function checkAcknowledged(world: World, { mind, rows, events }: Log, history: History): void {
  for (const { ids, reply, expectedPosition } of history.acknowledged.filter(
    (other) => other.mind === mind,
  )) {
    const found = rows.slice(reply.from - 1, reply.to);
    const isThere = found.map(({ id }) => id).join() === ids.join() && found.at(-1)?.hash === reply.headHash;
    if (!isThere)
      world.violated('what is acknowledged is in the log', `${mind} ${reply.from} to ${reply.to}`);
    if (expectedPosition !== undefined && reply.from !== expectedPosition + 1)
      world.violated('an append is where it was expected', `${mind} ${reply.from} after ${expectedPosition}`);
  }
  for (const { tick, position, after } of history.ticks.filter((other) => other.mind === mind)) {
    const event = events[position - 1];
    if (event?.kind !== 'autonomy_tick' || event.meta.tick !== tick)
      world.violated('what is acknowledged is in the log', `${mind} tick ${tick}`);
    if (tick <= after)
      world.violated('who asks for a tick gets one', `${mind} tick ${tick}, asked for after ${after}`);
  }
}

/** Each turn has one outcome, and the client was told that one. */
export function checkTurns(world: World, { mind, events }: Log, history: History): void {
  const outcomes = new Map<string, MindEvent[]>();
  for (const event of events) {
    const turnId = event.meta.turnId as string;
    if (event.kind === 'user_message' && !outcomes.has(turnId)) outcomes.set(turnId, []);
    if (event.kind !== 'assistant_message' && event.kind !== 'turn_failed') continue;
    outcomes.set(turnId, [...(outcomes.get(turnId) ?? []), event]);
  }
  for (const [turnId, found] of outcomes) {
    const isOurs = !turnId.startsWith('before-');
    const isEnough = found.length === 1 || (found.length === 0 && history.refused.has(turnId));
    if (isOurs && !isEnough) world.violated('a turn has one outcome', `${mind} ${turnId}: ${found.length}`);
  }
  for (const { turnId, reply } of history.turns.filter((other) => other.mind === mind)) {
    const [outcome] = outcomes.get(turnId) ?? [];
    const expected = reply === null ? 'turn_failed' : 'assistant_message';
    if (outcome?.kind !== expected || (reply !== null && outcome.position !== reply))
      world.violated('a turn ends as it was told', `${mind} ${turnId}: ${outcome?.kind} for ${expected}`);
  }
}
