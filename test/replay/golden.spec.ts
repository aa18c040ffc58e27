import { foldAll } from '#libs/kernel';
import { activeDirectives, commitmentFold, metricsReadOut, projectionFold } from '#libs/mind';
import { expectedMind, goldenEvents, goldenLedgers } from './imported-ledger';

/** Original ledgers come to the state that the original itself gave them. */
describe.each(goldenLedgers)('%s', (ledger) => {
  const events = goldenEvents(ledger);
  const expected = expectedMind(ledger);
  const self = foldAll(projectionFold, events);
  const { commitments } = foldAll(commitmentFold, events);

  it('has its name and traits', () => {
    expect(events).toHaveLength(expected.events);
    expect({ name: self.identity.name, traits: { ...self.traits } }).toEqual(expected.identity);
  });

  it('has its scores', () => {
    const { ias, gas } = metricsReadOut(self);
    expect(ias).toBeCloseTo(expected.ias, 9);
    expect(gas).toBeCloseTo(expected.gas, 9);
  });

  it('has its open and expired commitments', () => {
    const open = [...commitments.open].map(([cid, { text, project, snoozedUntil }]) => [
      cid,
      {
        text,
        ...(project === undefined ? {} : { project_id: project }),
        ...(snoozedUntil === undefined ? {} : { snoozed_until: snoozedUntil }),
      },
    ]);
    const expired = [...commitments.expired].map(([cid, { text, endPosition, reason }]) => [
      cid,
      { text, expired_at: endPosition, reason },
    ]);
    expect(Object.fromEntries(open)).toEqual(expected.open);
    expect(Object.fromEntries(expired)).toEqual(expected.expired);
  });

  it('has its active directives', () => {
    const active = activeDirectives(self.directives).map((directive) => ({
      content: directive.text,
      seen_count: directive.seen,
      recent_hits: directive.recent,
      score: directive.score,
      first_seen_id: directive.firstPosition,
      last_seen_id: directive.lastPosition,
      sources: directive.sources,
    }));
    expect(active).toEqual(expected.activeDirectives);
  });
});
