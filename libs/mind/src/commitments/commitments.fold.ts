import type { JsonValue, MindEvent } from '#libs/contracts';
import type { Section } from '#libs/kernel';
import { isImported, resolveReferences, shortField, textField } from '../events/event-fields';
import type { IdentityState } from '../identity/identity.fold';
import type { TicksState } from '../ticks/ticks.fold';
import type { CommitmentsState, OpenCommitment } from './commitment.types';
import * as c from './commitments.constants';
import { openedCommitment } from './open-commitment';
import { joinProject, leaveProject } from './projects.fold';
import { forgetRebinds, rebindAfterAdoption, rebound } from './rebinds.fold';

interface All {
  ticks: TicksState;
  identity: IdentityState;
}

/** Must stand after the ticks and the identity. */
export const commitmentsSection: Section<CommitmentsState, All> = {
  kinds: [
    'commitment_open',
    'commitment_evidence',
    'commitment_close',
    'commitment_expire',
    'commitment_snooze',
    'commitment_update',
    'commitment_rebind',
    'commitment_due',
    'project_assign',
    'project_close',
    'identity_adopt',
  ],
  initialState: () => ({ open: new Map(), projects: new Map(), emptied: new Map(), rebinds: new Map() }),
  evolve: (state, event, all) => {
    if (event.kind === 'identity_adopt') rebindAfterAdoption(state, event, all.identity);
    else if (event.kind === 'project_close') state.emptied.delete(textField(event, 'project') ?? '');
    else evolveCommitment(state, event, all);
    return state;
  },
};

function evolveCommitment(state: CommitmentsState, event: MindEvent, { ticks, identity }: All): void {
  const cid = textField(event, 'cid');
  if (cid === undefined) return;
  switch (event.kind) {
    case 'commitment_open':
      return open(state, event, cid, ticks.tick);
    case 'commitment_close':
    case 'commitment_expire':
      return end(state, event, cid);
    case 'commitment_rebind':
      retext(state, event, cid);
      return rebound(state, event, cid, identity);
    case 'commitment_update':
      retext(state, event, cid, ticks.tick);
      return forgetRebinds(state, cid);
  }
  const commitment = state.open.get(cid);
  if (commitment) annotate(state, event, commitment);
}

/** Opening a cid that is known overwrites it; the record of an earlier expiry or close stays. */
function open(state: CommitmentsState, event: MindEvent, cid: string, tick: number): void {
  const commitment = openedCommitment(event, tick);
  if (!commitment) return;
  const known = state.open.get(cid);
  const limit = isImported(event) ? c.IMPORTED_OPEN_KEPT : c.OPEN_KEPT;
  if (!known && state.open.size >= limit) return;
  if (known) {
    state.open.delete(cid);
    forgetRebinds(state, cid);
    leaveProject(state, known);
  }
  state.open.set(cid, commitment);
  joinProject(state, commitment, shortField(event, 'project'));
}

function end(state: CommitmentsState, event: MindEvent, cid: string): void {
  const commitment = state.open.get(cid);
  if (!commitment) return;
  state.open.delete(cid);
  forgetRebinds(state, cid);
  leaveProject(state, commitment, isImported(event) ? undefined : event.position);
}

function retext(state: CommitmentsState, event: MindEvent, cid: string, updatedTick?: number): void {
  const commitment = state.open.get(cid);
  if (!commitment || event.content === '') return;
  commitment.text = event.content;
  if (updatedTick !== undefined) commitment.updatedTick = updatedTick;
}

function annotate(state: CommitmentsState, event: MindEvent, commitment: OpenCommitment): void {
  switch (event.kind) {
    case 'commitment_snooze':
      commitment.snoozedUntil = wholeNumber(event.meta.untilTick);
      return;
    case 'commitment_evidence': {
      const known = commitment.evidence ?? [];
      commitment.evidence = [...known, ...resolveReferences(event, event.meta.evidence)].slice(-100);
      return;
    }
    case 'commitment_due':
      commitment.dueTold = textField(event, 'dueAt') ?? '';
      return;
    case 'project_assign':
      return assign(state, commitment, shortField(event, 'project'));
  }
}

function assign(state: CommitmentsState, commitment: OpenCommitment, project: string | undefined): void {
  if (project === undefined || project === commitment.project) return;
  leaveProject(state, commitment);
  joinProject(state, commitment, project);
}

/** An integer, also one written as text, as original ledgers have it; anything else is 0. */
function wholeNumber(value: JsonValue | undefined): number {
  const number = typeof value === 'string' && /^\s*[+-]?\d+\s*$/u.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : 0;
}
