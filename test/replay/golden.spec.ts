import { expectedMind, goldenEvents, goldenLedgers } from './imported-ledger';
import { importedMind } from './imported-mind';

/** Original ledgers come to the state that the original itself gave them. */
describe.each(goldenLedgers)('%s', (ledger) => {
  const mind = importedMind(goldenEvents(ledger));
  const expected = expectedMind(ledger);

  it('has its name and traits', () => {
    expect(mind.events).toBe(expected.events);
    expect(mind.identity).toEqual(expected.identity);
  });

  it('has its scores', () => {
    expect(mind.ias).toBeCloseTo(expected.ias, 9);
    expect(mind.gas).toBeCloseTo(expected.gas, 9);
  });

  it('has its open and expired commitments', () => {
    expect(mind.open).toEqual(expected.open);
    expect(mind.expired).toEqual(expected.expired);
  });

  it('has its active directives', () => {
    expect(mind.activeDirectives).toEqual(expected.activeDirectives);
  });
});
