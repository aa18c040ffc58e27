import fc from 'fast-check';
import { REGISTRY, type MindEvent, type NewEvent } from '#libs/contracts';
import { checkNewEvent, decided, decodeState, encodeState, foldAll } from '#libs/kernel';
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

  it('hold every kind, and decisions of every rule', () => {
    const kinds = new Set<string>();
    const rules = new Set<string>();
    const logs = fc.sample(arbitraryLog(), { numRuns: 600, seed: 1 });
    for (const log of logs) for (const { kind } of log) kinds.add(kind);
    expect([...kinds].sort()).toEqual(expect.arrayContaining(Object.keys(REGISTRY)));
    for (const { service, fold, rules: ruleList } of RULED_SERVICES) {
      for (const rule of ruleList) {
        const taken = logs.some((log) => decisionsOf({ service, fold, rules: [rule] }, log).length > 0);
        if (taken) rules.add(rule.name);
      }
    }
    expect([...rules].sort()).toEqual(
      RULED_SERVICES.flatMap(({ rules: all }) => all.map(({ name }) => name)).sort(),
    );
    expect(OWN_ACTS.length + IMPORTED_ACTS.length).toBeLessThan(997);
  });
});
