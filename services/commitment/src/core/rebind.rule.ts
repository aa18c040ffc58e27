import { draft, eventId, type Draft, type Rule } from '#libs/kernel';
import { REBINDS_PER_APPEND, replaceWord, type CommitmentState, type Rebind } from '#libs/mind';

/**
 * After an adoption: each open commitment whose text holds the old name gets a new text, in order of opening, in appends
 * of at most 200. What was not written yet is looked at again at each tick.
 */
export const rebindRule: Rule<CommitmentState> = {
  name: 'rebind',
  kinds: ['identity_adopt', 'autonomy_tick'],
  decide: (state, { mind }) =>
    [...state.commitments.rebinds].flatMap(([adoption, rebind]) =>
      inAppends(rebindDrafts(state, mind, adoption, rebind)).map((drafts, n) => ({
        cause: `adoption:${adoption}:${n}`,
        drafts,
      })),
    ),
};

function rebindDrafts(
  state: CommitmentState,
  mind: string,
  adoption: number,
  { newName, cids }: Rebind,
): Draft[] {
  const found = [...cids].flatMap(([cid, duty]) => {
    const commitment = state.commitments.open.get(cid);
    return commitment ? [{ cid, ...duty, commitment }] : [];
  });
  return found
    .sort((a, b) => a.commitment.openPosition - b.commitment.openPosition)
    .map(({ cid, oldName, since, commitment: { text, openPosition } }) => ({
      ...draft('commitment_rebind', { cid, adoption, oldName, newName }, replaceWord(text, oldName, newName)),
      id: eventId(mind, 'commitment', 'rebind', causeOf(adoption, since, openPosition), 0),
    }));
}

/** A text that an older rebind, which came late, has bound to another name again needs an event of its own. */
function causeOf(adoption: number, since: number, openPosition: number): string {
  const cause = `adoption:${adoption}:open:${openPosition}`;
  return since === adoption ? cause : `${cause}:since:${since}`;
}

function inAppends(drafts: readonly Draft[]): Draft[][] {
  const appends: Draft[][] = [];
  for (let from = 0; from < drafts.length; from += REBINDS_PER_APPEND) {
    appends.push(drafts.slice(from, from + REBINDS_PER_APPEND));
  }
  return appends;
}
