import { isKind, REGISTRY, type Kind } from '#libs/contracts';
import type { JsonMap } from './json-tree';

/** Original kinds that become kinds of the registry: same name unless another stands here. */
const KINDS: Partial<Record<string, Kind>> = {
  user: 'user_message',
  response: 'assistant_message',
  evidence_candidate: 'commitment_evidence',
  user_message: 'user_message',
  assistant_message: 'assistant_message',
  identity_adopt: 'identity_adopt',
  identity_change: 'identity_change',
  identity_clear: 'identity_clear',
  commitment_open: 'commitment_open',
  commitment_close: 'commitment_close',
  commitment_expire: 'commitment_expire',
  commitment_snooze: 'commitment_snooze',
  reflection: 'reflection',
  invariant_violation: 'invariant_violation',
  autonomy_tick: 'autonomy_tick',
  autonomy_directive: 'autonomy_directive',
  trait_update: 'trait_update',
};

/** A user's own kind has at most 120 characters after `x.`. */
const OWN_NAME_CHARS = 120 - 'pmm.'.length;

/** The kind that an original event becomes: one of the registry, or `x.pmm.<kind>`, which no fold reads. */
export function importedKind(kind: string, meta: JsonMap): string {
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  const isIdentityShift = kind === 'trait_update' && meta.has('changes') && !meta.has('delta');
  if (known !== undefined && !isIdentityShift) return known;
  const name = kind.toLowerCase().replace(/[^a-z0-9._-]/gu, '_');
  return `x.pmm.${name.slice(0, OWN_NAME_CHARS)}`;
}

/** Our names of the original's fields where they differ. */
const RENAMED: Record<string, string> = {
  until_tick: 'untilTick',
  project_id: 'project',
  origin_eid: 'origin',
};
/** Fields of originals that folds read beside those of the registry. */
const EXTRA = ['sanitized', 'text', 'project'];

/** The fields of an original's meta that its new kind has, as `[ours, theirs]`; none for kinds that no fold reads. */
export function importedFields(kind: string, meta: JsonMap): [string, string][] {
  if (!isKind(kind)) return [];
  const wanted = new Set([...Object.keys(REGISTRY[kind].meta.shape), ...EXTRA]);
  const fields = new Map<string, string>();
  for (const theirs of meta.keys()) {
    const ours = RENAMED[theirs] ?? theirs;
    // The original read its own word only, so that goes before a field that has our name by chance.
    if (wanted.has(ours) && (!fields.has(ours) || ours !== theirs)) fields.set(ours, theirs);
  }
  return [...fields];
}
