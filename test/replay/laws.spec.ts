import fc from 'fast-check';
import { REGISTRY, type MindEvent, type NewEvent } from '#libs/contracts';
import { checkNewEvent, decided, decodeState, digestOf, encodeState, foldAll } from '#libs/kernel';
import { metricsReadOut, projectionFold } from '#libs/mind';
import { arbitraryLog, lawOptions } from './generate-log';
import { IMPORTED_ACTS } from './imported-acts';
import { OWN_ACTS } from './own-acts';
import { RULED_SERVICES, type RuledService } from './service-rules';

const isImported = (event: MindEvent): boolean => event.meta['legacy'] !== undefined;

/** All decisions that a service takes while it folds a log. */
function decisionsOf({ service, fold, rules }: RuledService, events: readonly MindEvent[]): NewEvent[] {
  const taken: NewEvent[] = [];
  let state = fold.initialState();
  for (const event of events) {
    state = fold.evolve(state, event);
    if (isImported(event)) continue;
    for (const rule of rules) {
      if (!rule.kinds.includes(event.kind)) continue;
      for (const decision of rule.decide(state, event))
        taken.push(...decided(event.mind, service, rule.name, decision));
    }
  }
  return taken;
}

describe.each(RULED_SERVICES)('the laws of $service', (ruled) => {
  const { fold } = ruled;
  const digestAfter = (events: Iterable<MindEvent>, state?: Record<string, unknown>) =>
    digestOf(fold, foldAll(fold, events, state));

  it('snapshot + rest = whole, at any position', () => {
    fc.assert(
      fc.property(arbitraryLog(), fc.nat(60), (log, at) => {
        const stored = encodeState(foldAll(fold, log.slice(0, at)));
        const restored = decodeState<Record<string, unknown>>(stored);
        expect(encodeState(restored)).toBe(stored);
        expect(digestAfter(log.slice(at), restored)).toBe(digestAfter(log));
      }),
      lawOptions(),
    );
  });

  it('the state at a past position is the fold of that prefix, and folding on does not reach back', () => {
    fc.assert(
      fc.property(arbitraryLog(), fc.nat(60), (log, at) => {
        const before = foldAll(fold, log.slice(0, at));
        const digest = digestOf(fold, before);
        const copy = decodeState<Record<string, unknown>>(encodeState(before));
        foldAll(fold, log.slice(at), copy);
        expect(digestOf(fold, before)).toBe(digest);
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
        const rest = { 'mind-a': [...a], 'mind-b': [...b] };
        const states = { 'mind-a': fold.initialState(), 'mind-b': fold.initialState() };
        const turns = [...order, ...a.map(() => true), ...b.map(() => false)];
        for (const first of turns) {
          const mind = first ? 'mind-a' : 'mind-b';
          const event = rest[mind].shift();
          if (event) states[mind] = fold.evolve(states[mind], event);
        }
        expect(digestOf(fold, states['mind-a'])).toBe(digestAfter(a));
        expect(digestOf(fold, states['mind-b'])).toBe(digestAfter(b));
      }),
      lawOptions(),
    );
  });

  it('decide emits only what the registry accepts, with an id of its own each', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        for (const event of decisionsOf(ruled, log)) checkNewEvent(event);
      }),
      lawOptions(),
    );
  });

  it('decides the same for the same state, and changes no state by it', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        const last = log.at(-1);
        fc.pre(last !== undefined);
        const state = foldAll(fold, log);
        const text = encodeState(state);
        const again = decodeState<Record<string, unknown>>(text);
        for (const rule of ruled.rules) {
          expect(rule.decide(state, last)).toEqual(rule.decide(again, last));
        }
        expect(encodeState(state)).toBe(text);
      }),
      lawOptions(),
    );
  });

  it('a copied mind has equal digests: neither its id nor hashes are in the state', () => {
    fc.assert(
      fc.property(arbitraryLog(), (log) => {
        const copy = log.map((event) => ({ ...event, mind: 'copy', hash: 'a'.repeat(64), prevHash: null }));
        expect(digestAfter(copy)).toBe(digestAfter(log));
      }),
      { ...lawOptions(), numRuns: 100 },
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
