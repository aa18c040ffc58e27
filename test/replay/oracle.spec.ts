import fc from 'fast-check';
import { foldAll } from '#libs/kernel';
import { projectionFold } from '#libs/mind';
import { lawOptions } from './generate-log';
import { expectedMind, goldenLedgers, goldenText, importedEvents } from './imported-ledger';
import { importedMind } from './imported-mind';
import { originalLedger } from './oracle/original-ledger.generate';
import type { OriginalMind } from './oracle/original-ledger.types';
import { rawScores } from './oracle/original-scores';
import { originalEvents, originalMind } from './oracle/original-mind';

/** Equal but for the last bits of the scores, which depend on the order of additions. */
function expectSame(mind: OriginalMind, expected: OriginalMind): void {
  const { ias, gas, ...rest } = mind;
  const { ias: expectedIas, gas: expectedGas, ...expectedRest } = expected;
  expect(rest).toEqual(expectedRest);
  expect(ias).toBeCloseTo(expectedIas, 9);
  expect(gas).toBeCloseTo(expectedGas, 9);
}

describe('the second reading of the rules', () => {
  it.each(goldenLedgers)('comes to what the original itself made of %s', (ledger) => {
    const { headHash: _headHash, ...expected } = expectedMind(ledger) as OriginalMind & { headHash: string };
    expectSame(originalMind(originalEvents(goldenText(ledger))), expected);
  });
});

describe('an original ledger of any mixture', () => {
  it('is imported and comes to what the second reading of the rules makes of it', () => {
    fc.assert(
      fc.property(originalLedger, ({ text, events }) => {
        const imported = importedEvents(text);
        expectSame(importedMind(imported), originalMind(events));
        // What is shown is clipped; what runs on is not.
        const { metrics } = foldAll(projectionFold, imported);
        const raw = rawScores(events);
        expect(metrics.ias).toBeCloseTo(raw.ias, 9);
        expect(metrics.gas).toBeCloseTo(raw.gas, 9);
      }),
      lawOptions(),
    );
  });

  it('holds every change of a state', () => {
    const ledgers = fc.sample(originalLedger, { numRuns: 500, seed: 1 });
    const minds = ledgers.map(({ events }) => originalMind(events));
    const share = (test: (mind: OriginalMind) => boolean) => minds.filter(test).length / minds.length;
    expect(share(({ identity }) => identity.name !== null)).toBeGreaterThan(0.4);
    expect(share(({ open }) => Object.keys(open).length > 1)).toBeGreaterThan(0.2);
    expect(share(({ open }) => Object.values(open).some((one) => one.snoozed_until))).toBeGreaterThan(0.02);
    expect(share(({ expired }) => Object.keys(expired).length > 0)).toBeGreaterThan(0.15);
    expect(share(({ ias }) => ias > 0 && ias < 1)).toBeGreaterThan(0.04);
    expect(share(({ gas }) => gas > 0 && gas < 1)).toBeGreaterThan(0.3);
    expect(share((mind) => mind.activeDirectives.length === 7)).toBeGreaterThan(0.005);
  });
});
