import type { MindEvent } from '#libs/contracts';
import { keepNewest } from '../events/bounded';
import { integerField, isImported, textField } from '../events/event-fields';
import type { Adoption, IdentityState } from '../identity/identity.fold';
import { holdsWord, wordTest } from '../text/whole-word';
import type { CommitmentsState, Rebind, RebindDuty } from './commitment.types';
import { CID_UNITS, NAME_UNITS, REBINDS_KEPT } from './commitments.constants';

const sameButCase = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** An adoption makes it a duty to rebind each open commitment that holds the old name as a whole word. */
export function rebindAfterAdoption(
  state: CommitmentsState,
  event: MindEvent,
  identity: IdentityState,
): void {
  const { adoption } = identity;
  if (isImported(event) || adoption?.position !== event.position || adoption.oldName === null) return;
  if (adoption.name === '' || sameButCase(adoption.oldName, adoption.name)) return;
  const holdsOldName = wordTest(adoption.oldName);
  for (const [cid, { text }] of state.open) {
    if (holdsOldName(text))
      addDuty(state, adoption, cid, { oldName: adoption.oldName, since: event.position });
  }
}

/** The duty is fulfilled; when yet another name was adopted meanwhile, the new text is bound to that one. */
export function rebound(
  state: CommitmentsState,
  event: MindEvent,
  cid: string,
  identity: IdentityState,
): void {
  const position = integerField(event, 'adoption') ?? 0;
  dropDuty(state, state.rebinds.get(position), position, cid);
  const { adoption, name } = identity;
  const bound = textField(event, 'newName');
  const text = state.open.get(cid)?.text;
  if (!adoption || adoption.imported || adoption.position <= position) return;
  if (bound === undefined || text === undefined || name !== adoption.name || sameButCase(bound, name)) return;
  if (holdsWord(text, bound)) addDuty(state, adoption, cid, { oldName: bound, since: event.position });
}

/** A commitment that ended, or whose text has lost the old name, needs no rebind. */
export function forgetRebinds(state: CommitmentsState, cid: string): void {
  for (const [position, rebind] of state.rebinds) {
    const duty = rebind.cids.get(cid);
    const text = state.open.get(cid)?.text ?? '';
    if (duty !== undefined && !holdsWord(text, duty.oldName)) dropDuty(state, rebind, position, cid);
  }
}

function addDuty(state: CommitmentsState, adoption: Adoption, cid: string, duty: RebindDuty): void {
  if (cid.length > CID_UNITS || duty.oldName.length > NAME_UNITS) return;
  const rebind = state.rebinds.get(adoption.position) ?? { newName: adoption.name, cids: new Map() };
  rebind.cids.set(cid, duty);
  state.rebinds.set(adoption.position, rebind);
  keepNewest(state.rebinds, REBINDS_KEPT);
}

function dropDuty(state: CommitmentsState, rebind: Rebind | undefined, position: number, cid: string): void {
  if (!rebind) return;
  rebind.cids.delete(cid);
  if (rebind.cids.size === 0) state.rebinds.delete(position);
}
