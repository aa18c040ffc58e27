import type { JsonObject } from '#libs/contracts';
import type { BasisParts, Explainer, Explainers } from '#libs/kernel';
import { DEFAULT_TTL_TICKS, type CommitmentState } from '#libs/mind';

/** The commitment as it stood, beside the tick. */
const lifetime: Explainer<CommitmentState> = ({ commitments, ticks }, { meta }) => {
  const open = commitments.open.get(String(meta.cid));
  if (!open) return null;
  const { openPosition, openTick, snoozedUntil = null, updatedTick = null, dueAt = null } = open;
  const ttlTicks = dueAt === null ? (open.ttlTicks ?? DEFAULT_TTL_TICKS) : null;
  const now = { tick: ticks.tick, at: ticks.at };
  return { ...now, openPosition, openTick, snoozedUntil, updatedTick, dueAt, ttlTicks };
};

const explainers: Explainers<CommitmentState> = {
  commitment_due: lifetime,
  commitment_expire: lifetime,
  commitment_rebind: ({ commitments }, { meta }) => {
    const open = commitments.open.get(String(meta.cid));
    const rebind = commitments.rebinds.get(Number(meta.adoption));
    if (!open || !rebind) return null;
    const { newName, cids } = rebind;
    const textBefore = open.text;
    return {
      adoption: Number(meta.adoption),
      newName,
      textBefore,
      openPosition: open.openPosition,
      waiting: cids.size,
    };
  },
  project_close: ({ commitments }, { meta }): JsonObject | null => {
    const endedAt = commitments.emptied.get(String(meta.project));
    return endedAt === undefined ? null : { lastEndedAt: endedAt };
  },
};

/** What the rules of the commitments saw, by the kind of event that they write. */
export const commitmentWhy: Omit<BasisParts<CommitmentState>, 'service' | 'rules'> = { explainers };
