import { foldAll } from '#libs/kernel';
import { activeDirectives, commitmentFold, metricsReadOut, projectionFold } from '#libs/mind';
import type { MindEvent } from '#libs/contracts';
import type { OriginalMind } from './oracle/original-ledger.types';

/** What our folds make of imported events, in the shape of the golden files. */
export function importedMind(events: readonly MindEvent[]): OriginalMind {
  const self = foldAll(projectionFold, events);
  const { commitments, ended } = foldAll(commitmentFold, events);
  return {
    events: events.length,
    identity: { name: self.identity.name, traits: { ...self.traits } },
    open: openOf(commitments.open),
    expired: expiredOf(ended.expired),
    ...metricsReadOut(self),
    activeDirectives: directivesOf(self.directives),
  };
}

type State = ReturnType<typeof commitmentFold.initialState>;

function openOf(open: State['commitments']['open']): OriginalMind['open'] {
  const entries = [...open].map(([cid, { text, project, snoozedUntil }]) => [
    cid,
    {
      text,
      ...(project === undefined ? {} : { project_id: project }),
      ...(snoozedUntil === undefined ? {} : { snoozed_until: snoozedUntil }),
    },
  ]);
  return Object.fromEntries(entries) as OriginalMind['open'];
}

function expiredOf(expired: State['ended']['expired']): OriginalMind['expired'] {
  const entries = [...expired].map(([cid, { text, endPosition, reason }]) => [
    cid,
    { text, expired_at: endPosition, reason },
  ]);
  return Object.fromEntries(entries) as OriginalMind['expired'];
}

const directivesOf = (directives: Parameters<typeof activeDirectives>[0]): object[] =>
  activeDirectives(directives).map((directive) => ({
    content: directive.text,
    seen_count: directive.seen,
    recent_hits: directive.recent,
    score: directive.score,
    first_seen_id: directive.firstPosition,
    last_seen_id: directive.lastPosition,
    sources: directive.sources,
  }));
