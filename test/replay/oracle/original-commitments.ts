import { textOf, type Json, type OriginalEvent, type OriginalMind } from './original-ledger.types';

/** Open and expired commitments of an original ledger, from section "Commitments" of the design. */
export function originalCommitments(
  events: readonly OriginalEvent[],
): Pick<OriginalMind, 'open' | 'expired'> {
  const open = new Map<string, OriginalMind['open'][string]>();
  const expired = new Map<string, OriginalMind['expired'][string]>();
  for (const { id, kind, meta } of events) {
    const cid = textOf(meta['cid']);
    if (cid === undefined) continue;
    const { text } = meta;
    const project = textOf(meta['project_id']);
    if (kind === 'commitment_open' && typeof text === 'string')
      open.set(cid, project === undefined ? { text } : { text, project_id: project });
    const known = open.get(cid);
    if (known === undefined) continue;
    if (kind === 'commitment_snooze') known.snoozed_until = wholeNumber(meta['until_tick']);
    if (kind === 'commitment_close' || kind === 'commitment_expire') open.delete(cid);
    if (kind === 'commitment_expire')
      expired.set(cid, { text: known.text, expired_at: id, reason: textOf(meta['reason']) ?? 'timeout' });
  }
  return { open: Object.fromEntries(open), expired: Object.fromEntries(expired) };
}

/** An integer, also one written as text; everything else is 0, and so is −0. */
function wholeNumber(value: Json | undefined): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value + 0;
  if (typeof value === 'string' && /^\s*[-+]?[0-9]+\s*$/.test(value)) return parseInt(value, 10);
  return 0;
}
