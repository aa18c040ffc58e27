import fc from 'fast-check';
import { REGISTRY, type MindEvent, type NewEvent } from '#libs/contracts';
import { checkNewEvent, decided, decodeState, encodeState, foldAll } from '#libs/kernel';
import { DRIFT_REASONS } from '#libs/mind';
import { arbitraryLog, lawOptions } from './generate-log';
import { IMPORTED_ACTS } from './imported-acts';
import { OWN_ACTS } from './own-acts';
import { RULED_SERVICES, type RuledService } from './service-rules';

const isImported = (event: MindEvent): boolean => event.meta['legacy'] !== undefined;

/** All decisions that a service takes while it folds a log, each as its rule emits it: the events of one append. */
function decisionsOf({ service, fold, rules }: RuledService, events: readonly MindEvent[]): NewEvent[][] {
  const taken: NewEvent[][] = [];
  let state = fold.initialState();
  for (const event of events) {
    state = fold.evolve(state, event);
    if (isImported(event)) continue;
    for (const rule of rules) {
      if (!rule.kinds.includes(event.kind)) continue;
      for (const decision of rule.decide(state, event))
        taken.push(decided(event.mind, service, rule.name, decision));
    }
  }
  return taken;
}

describe('the laws of every decision', () => {
  it('decide emits only what the registry accepts, and gives each event of an append its own id', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        for (const ruled of RULED_SERVICES)
          for (const events of decisionsOf(ruled, log)) {
            for (const event of events) checkNewEvent(event);
            expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
          }
      }),
      lawOptions(),
    );
  });

  it('decides the same for the same state, and changes no state by it', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        const last = log.at(-1);
        fc.pre(last !== undefined);
        for (const { fold, rules } of RULED_SERVICES) {
          const state = foldAll(fold, log);
          const text = encodeState(state);
          const again = decodeState<Record<string, unknown>>(text);
          for (const rule of rules) expect(rule.decide(state, last)).toEqual(rule.decide(again, last));
          expect(encodeState(state)).toBe(text);
        }
      }),
      lawOptions(),
    );
  });
});

describe('the generated logs', () => {
  it('hold our own events only as the registry accepts them', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        for (const event of log) if (!isImported(event)) checkNewEvent(event);
      }),
      lawOptions(),
    );
  });

  const logs = fc.sample(arbitraryLog(), { numRuns: 1_000, seed: 1 });

  it('hold every kind', () => {
    const kinds = new Set(logs.flatMap((log) => log.map(({ kind }) => kind)));
    expect([...kinds]).toEqual(expect.arrayContaining(Object.keys(REGISTRY)));
    expect(OWN_ACTS.length + IMPORTED_ACTS.length).toBeLessThan(997);
  });

  it.each(RULED_SERVICES.flatMap((ruled) => ruled.rules.map((rule) => [rule.name, { ...ruled, rules: [rule] }])))(
    'lead to decisions of %s',
    (_rule, ruled) => {
      expect(logs.some((log) => decisionsOf(ruled as RuledService, log).length > 0)).toBe(true);
    },
  );

  it('lead to every reason that a rule can give', () => {
    const decidedEvents = logs.flatMap((log) =>
      RULED_SERVICES.flatMap((ruled) => decisionsOf(ruled, log).flat()),
    );
    const reasonsOf = (kind: string) =>
      [...new Set(decidedEvents.filter((event) => event.kind === kind).map(({ meta }) => meta['reason']))].sort();
    expect(reasonsOf('trait_update')).toEqual([...DRIFT_REASONS].sort());
    expect(reasonsOf('commitment_expire')).toEqual([...REGISTRY.commitment_expire.meta.shape.reason.options].sort());
  });
});
