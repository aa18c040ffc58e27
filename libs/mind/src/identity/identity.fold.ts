import type { MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { FIELD_UNITS, isImported, resolveReference, shortField, textField } from '../events/event-fields';
import { pushBounded } from '../events/bounded';
import { cutText } from '../text/cut-text';
import { trimSpaces } from '../text/spaces';
import type { TicksState } from '../ticks/ticks.fold';
import { PROPOSAL_WINDOW_TICKS, PROPOSALS_KEPT } from './identity.constants';

/** A name that the model gave itself with a `NAME:` line. */
export interface Proposal {
  name: string;
  position: number;
  /** Position of the reply that it came with: what tells one turn from another. */
  turn: number;
  /** Number of the last tick before it. */
  tick: number;
}

export interface Adoption {
  position: number;
  name: string;
  /** The name before it. */
  oldName: string | null;
  tick: number;
  imported: boolean;
}

export interface IdentityState {
  name: string | null;
  adoption: Adoption | null;
  /** Proposals of the model since the last adoption or clearing, within the last 6 ticks. */
  proposals: Proposal[];
}

export const identitySection: Section<IdentityState, { ticks: TicksState }> = {
  kinds: ['identity_adopt', 'identity_clear', 'identity_change', 'identity_propose'],
  initialState: () => ({ name: null, adoption: null, proposals: [] }),
  evolve: (state, event, { ticks }) => {
    switch (event.kind) {
      case 'identity_adopt':
        adopt(state, event, ticks.tick);
        break;
      case 'identity_clear':
        state.name = null;
        state.proposals = [];
        break;
      case 'identity_change':
        state.name = changedName(event) ?? state.name;
        break;
      case 'identity_propose':
        propose(state, event, ticks.tick);
        break;
    }
    return state;
  },
};

/** The last one wins; one without any text changes nothing, one of white space empties the name. */
function adopt(state: IdentityState, event: MindEvent, tick: number): void {
  const given = shortField(event, 'name') ?? cutText(event.content, FIELD_UNITS);
  if (given === '') return;
  const oldName = state.name;
  state.name = trimSpaces(given) || null;
  state.proposals = [];
  state.adoption = {
    position: event.position,
    name: state.name ?? '',
    oldName,
    tick,
    imported: isImported(event),
  };
}

const NAME_CHANGED = /Name\s+changed\s+to:\s*(.+)/iu;

/** The original wrote "Name changed to: X" where it had no field for the name. */
function changedName(event: MindEvent): string | undefined {
  const field = shortField(event, 'name');
  if (field !== undefined) return trimSpaces(field) || undefined;
  return trimSpaces(NAME_CHANGED.exec(cutText(event.content, FIELD_UNITS))?.[1] ?? '') || undefined;
}

function propose(state: IdentityState, event: MindEvent, tick: number): void {
  const name = textField(event, 'name');
  const source = textField(event, 'source');
  if (name === undefined || isImported(event) || (source !== 'assistant' && source !== 'reflection')) return;
  const turn = resolveReference(event, event.meta.origin) ?? event.position;
  while (state.proposals[0] && tick - state.proposals[0].tick >= PROPOSAL_WINDOW_TICKS)
    state.proposals.shift();
  pushBounded(state.proposals, { name, position: event.position, turn, tick }, PROPOSALS_KEPT);
}
