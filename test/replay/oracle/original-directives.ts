import { splitAtBlanks, textOf, type OriginalEvent } from './original-ledger.types';

/** The active directives of an original ledger, counted anew from all of its directive events. */
export function originalDirectives(events: readonly OriginalEvent[]): object[] {
  const seen = events
    .filter(({ kind }) => kind === 'autonomy_directive')
    .map(({ id, content, meta }) => ({
      id,
      text: splitAtBlanks(content).join(' '),
      source: textOf(meta['source']),
    }));
  const texts = [...new Set(seen.map(({ text }) => text))];
  const all = texts.map((text) => {
    const own = seen.filter((directive) => directive.text === text);
    const recent = seen.slice(-200).filter((directive) => directive.text === text).length;
    const sources = new Set(own.flatMap(({ source }) => source ?? []));
    return {
      content: text,
      seen_count: own.length,
      recent_hits: recent,
      score: own.length + 2 * recent,
      first_seen_id: own.at(0)?.id ?? 0,
      last_seen_id: own.at(-1)?.id ?? 0,
      sources: [...sources].sort(),
    };
  });
  return all.sort((a, b) => b.score - a.score || a.first_seen_id - b.first_seen_id).slice(0, 7);
}
