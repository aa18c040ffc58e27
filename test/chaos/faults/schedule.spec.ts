import { FAULT_KINDS, type FaultKind } from './fault-kinds';
import { planFaults } from './schedule';

const runsWith = (kind: FaultKind, firstSeed: number, runs: number): number =>
  Array.from({ length: runs }, (_, n) => planFaults(firstSeed + n, 20)).filter((plan) =>
    plan.some((fault) => fault.kind === kind),
  ).length;

it('meets each kind in at least 30 of 200 runs, and in at least one of 6', () => {
  for (const kind of FAULT_KINDS) {
    expect({ kind, enough: runsWith(kind, 1_000, 200) >= 30 }).toEqual({ kind, enough: true });
    expect({ kind, once: runsWith(kind, 1, 6) >= 1 }).toEqual({ kind, once: true });
  }
});

it('follows from the seed alone, and leaves the end of a run in peace', () => {
  expect(planFaults(42, 20)).toEqual(planFaults(42, 20));
  expect(planFaults(42, 20)).not.toEqual(planFaults(43, 20));
  for (const { atMs } of planFaults(42, 20)) expect(atMs).toBeLessThanOrEqual(16_000);
});
