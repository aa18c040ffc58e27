import fc from 'fast-check';
import type { MindEvent } from '#libs/contracts';
import { decodeState, digestOf, encodeState, foldAll } from '#libs/kernel';
import { metricsReadOut, projectionFold } from '#libs/mind';
import { arbitraryLog, lawOptions } from './generate-log';
import { RULED_SERVICES, type RuledService } from './service-rules';

type State = Record<string, unknown>;

/** What holds for the fold of each service is checked with the same generated log for all of them. */
function forEachFold<T>(check: (fold: RuledService['fold']) => T): Record<string, T> {
  return Object.fromEntries(RULED_SERVICES.map(({ service, fold }) => [service, check(fold)]));
}
const digestsAfter = (events: readonly MindEvent[]): Record<string, string> =>
  forEachFold((fold) => digestOf(fold, foldAll(fold, events)));

describe('the laws of every fold', () => {
  it('snapshot + rest = whole, at any position', () => {
    fc.assert(
      fc.property(arbitraryLog(), fc.nat(60), (log, at) => {
        const resumed = forEachFold((fold) => {
          const stored = encodeState(foldAll(fold, log.slice(0, at)));
          const restored = decodeState<State>(stored);
          expect(encodeState(restored)).toBe(stored);
          return digestOf(fold, foldAll(fold, log.slice(at), restored));
        });
        expect(resumed).toEqual(digestsAfter(log));
      }),
      lawOptions(),
    );
  });

  it('the state at a past position is the fold of that prefix, and folding on does not reach back', () => {
    fc.assert(
      fc.property(arbitraryLog(), fc.nat(60), (log, at) => {
        const past = forEachFold((fold) => {
          const before = foldAll(fold, log.slice(0, at));
          foldAll(fold, log.slice(at), decodeState<State>(encodeState(before)));
          return digestOf(fold, before);
        });
        expect(past).toEqual(digestsAfter(log.slice(0, at)));
      }),
      lawOptions(),
    );
  });

  it('two minds that are interleaved never mix', () => {
    const two = fc.tuple(
      arbitraryLog({ mind: 'mind-a', maxEvents: 40 }),
      arbitraryLog({ mind: 'mind-b', maxEvents: 40 }),
    );
    fc.assert(
      fc.property(two, fc.array(fc.boolean(), { maxLength: 80 }), ([a, b], order) => {
        const turns = [...order, ...a.map(() => true), ...b.map(() => false)];
        const [ofA, ofB] = [digestsAfter(a), digestsAfter(b)];
        for (const { service, fold } of RULED_SERVICES) {
          const rest = { a: [...a], b: [...b] };
          const states = { a: fold.initialState(), b: fold.initialState() };
          for (const first of turns) {
            const mind = first ? 'a' : 'b';
            const event = rest[mind].shift();
            if (event) states[mind] = fold.evolve(states[mind], event);
          }
          expect([service, digestOf(fold, states.a)]).toEqual([service, ofA[service]]);
          expect([service, digestOf(fold, states.b)]).toEqual([service, ofB[service]]);
        }
      }),
      lawOptions(),
    );
  });

  it('a copied mind has equal digests: neither its id nor hashes are in the state', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        const copy = log.map((event) => ({ ...event, mind: 'copy', hash: 'a'.repeat(64), prevHash: null }));
        expect(digestsAfter(copy)).toEqual(digestsAfter(log));
      }),
      lawOptions(),
    );
  });
});

describe('the scores of any log', () => {
  it('lie in [0, 1]', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        const { ias, gas } = metricsReadOut(foldAll(projectionFold, log));
        for (const score of [ias, gas]) expect(score >= 0 && score <= 1).toBe(true);
      }),
      lawOptions(),
    );
  });
});
