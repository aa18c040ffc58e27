import type { MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { keepNewest } from '../events/bounded';
import { isImported, textField } from '../events/event-fields';
import { cutBytes } from '../text/cut-text';
import { SAID_BYTES, TURN_IDS_KEPT, TURNS_KEPT, TURNS_TEXT_BYTES } from './turns.constants';

export interface Said {
  position: number;
  /** At most 8 KiB of it. */
  text: string;
}

/** One user message and its reply. Imported messages have no turn id and are paired by order. */
export interface Turn {
  turnId: string | null;
  user: Said | null;
  reply: Said | null;
  failed: boolean;
  /** UTF-8 bytes of both texts. */
  bytes: number;
}

/** Where a turn's events are. `outcome` is null while the turn is open. */
export interface TurnRecord {
  user: number;
  outcome: { position: number; kind: 'assistant_message' | 'turn_failed' } | null;
}

export interface TurnsState {
  /** The last 20, oldest first. */
  turns: Turn[];
  bytes: number;
  /** The last 256 turn ids. */
  ids: Map<string, TurnRecord>;
  /** Turns without an outcome, with the time of the user's message. */
  open: Map<string, { position: number; at: string }>;
}

export const turnsSection: Section<TurnsState> = {
  kinds: ['user_message', 'assistant_message', 'turn_failed'],
  initialState: () => ({ turns: [], bytes: 0, ids: new Map(), open: new Map() }),
  evolve: (state, event) => {
    const turnId = isImported(event) ? null : (textField(event, 'turnId') ?? null);
    if (event.kind === 'user_message') ask(state, event, turnId);
    else if (event.kind === 'assistant_message') answer(state, event, turnId);
    else fail(state, event, turnId);
    dropOldTurns(state);
    return state;
  },
};

function ask(state: TurnsState, event: MindEvent, turnId: string | null): void {
  const text = cutBytes(event.content, SAID_BYTES);
  addTurn(state, { turnId, user: { position: event.position, text }, reply: null, failed: false, bytes: 0 });
  if (turnId === null || state.ids.has(turnId)) return;
  state.ids.set(turnId, { user: event.position, outcome: null });
  state.open.set(turnId, { position: event.position, at: event.at });
  if (state.ids.size > TURN_IDS_KEPT) keepNewest(state.ids, TURN_IDS_KEPT);
  if (state.open.size > TURN_IDS_KEPT) keepNewest(state.open, TURN_IDS_KEPT);
}

function answer(state: TurnsState, event: MindEvent, turnId: string | null): void {
  const reply = { position: event.position, text: cutBytes(event.content, SAID_BYTES) };
  const turn = state.turns.findLast((candidate) => candidate.turnId === turnId);
  if (turn && turn.reply === null) {
    const bytes = Buffer.byteLength(reply.text);
    turn.reply = reply;
    turn.bytes += bytes;
    state.bytes += bytes;
  } else {
    addTurn(state, { turnId, user: null, reply, failed: false, bytes: 0 });
  }
  end(state, event, turnId, 'assistant_message');
}

function fail(state: TurnsState, event: MindEvent, turnId: string | null): void {
  if (turnId === null) return;
  const turn = state.turns.findLast((candidate) => candidate.turnId === turnId);
  if (turn && turn.reply === null) turn.failed = true;
  end(state, event, turnId, 'turn_failed');
}

function end(
  state: TurnsState,
  event: MindEvent,
  turnId: string | null,
  kind: 'assistant_message' | 'turn_failed',
): void {
  if (turnId === null) return;
  state.open.delete(turnId);
  const record = state.ids.get(turnId);
  if (record && record.outcome === null) record.outcome = { position: event.position, kind };
}

function addTurn(state: TurnsState, turn: Turn): void {
  turn.bytes = Buffer.byteLength(turn.user?.text ?? '') + Buffer.byteLength(turn.reply?.text ?? '');
  state.turns.push(turn);
  state.bytes += turn.bytes;
}

function dropOldTurns(state: TurnsState): void {
  while (state.turns.length > TURNS_KEPT || state.bytes > TURNS_TEXT_BYTES) {
    state.bytes -= state.turns.shift()?.bytes ?? 0;
  }
}
