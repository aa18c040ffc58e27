import { mapOf, textOf, trimmed, type Json, type OriginalEvent } from './original-ledger.types';

const TRAITS = ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'neuroticism'];

/** The name of an original ledger's mind: what was adopted or changed last; a clearing empties it. */
export function originalName(events: readonly OriginalEvent[]): string | null {
  let name: string | null = null;
  for (const { kind, content, meta } of events) {
    if (kind === 'identity_adopt') {
      const given = textOf(meta['name']) ?? textOf(content);
      if (given !== undefined) name = trimmed(given) === '' ? null : trimmed(given);
    }
    if (kind === 'identity_change') {
      const given = textOf(meta['name']) ?? content.split('Name changed to: ')[1] ?? '';
      if (trimmed(given) !== '') name = trimmed(given);
    }
    if (kind === 'identity_clear') name = null;
  }
  return name;
}

/** Its five traits: by full name or first letter, in any case. */
export function originalTraits(events: readonly OriginalEvent[]): Record<string, number> {
  const traits = Object.fromEntries(TRAITS.map((trait) => [trait, 0.5]));
  const move = (given: string, delta: Json | undefined) => {
    const name = TRAITS.find((trait) => [trait, trait[0]].includes(given.toLowerCase()));
    if (name === undefined || typeof delta !== 'number') return;
    traits[name] = Math.max(0, Math.min(1, (traits[name] ?? 0) + delta));
  };
  for (const { kind, meta } of events) {
    if (kind !== 'trait_update') continue;
    const single = textOf(meta['trait']);
    if (single !== undefined) move(single, meta['delta']);
    else for (const [name, delta] of Object.entries(mapOf(meta['delta']) ?? {})) move(name, delta);
  }
  return traits;
}
