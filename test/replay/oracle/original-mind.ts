import { originalCommitments } from './original-commitments';
import { originalDirectives } from './original-directives';
import { originalName, originalTraits } from './original-identity';
import type { OriginalEvent, OriginalMind } from './original-ledger.types';
import { originalScores } from './original-scores';

/**
 * What an original ledger comes to: a second, slow and simple reading of the design's rules that shares no code with
 * the folds.
 */
export const originalMind = (events: readonly OriginalEvent[]): OriginalMind => ({
  events: events.length,
  identity: { name: originalName(events), traits: originalTraits(events) },
  ...originalCommitments(events),
  ...originalScores(events),
  activeDirectives: originalDirectives(events),
});

/** The events of a ledger's text, one JSON object a line; `meta` may be text. */
export const originalEvents = (text: string): OriginalEvent[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Omit<OriginalEvent, 'meta'> & { meta: never })
    .map((event) => ({
      ...event,
      meta: (typeof event.meta === 'string' ? JSON.parse(event.meta) : event.meta) as never,
    }));
