import type { NewEvent } from '#libs/contracts';
import { decided, type Rule } from '#libs/kernel';
import type { Write } from './test-cache';
import { answer, doDuty, testFold, type TestState } from './test-fold';
import type { Said, TestLog } from './test-log';

/** One event of the outside world, and after how many more of them a decision that it causes is in the log. */
export interface Happening {
  mind: string;
  said: Said;
  lag: number;
}

interface Mind {
  state: TestState;
  pending: Map<string, Set<string>>;
}

interface Waiting {
  mind: string;
  events: NewEvent[];
  lag: number;
}

/**
 * What a mind's log looks like when a service has lived with it: the outside world's events, and what the rules decided,
 * each a while after its cause. A model of its own: one event at a time, no batches, no cache. Gives the decisions.
 */
export function live(log: TestLog, happenings: readonly Happening[]): Write[] {
  const minds = new Map<string, Mind>();
  const writes: Write[] = [];
  let waiting: Waiting[] = [];
  const happen = (mind: string, said: Said, lag: number) => {
    const known = minds.get(mind) ?? { state: testFold.initialState(), pending: new Map() };
    minds.set(mind, known);
    for (const { rule, events } of step(log, mind, { known, said })) {
      writes.push({ mind, rule, events });
      waiting.push({ mind, events, lag });
    }
  };
  const arrive = (isDue: (one: Waiting) => boolean) => {
    const due = waiting.filter(isDue);
    waiting = waiting.filter((one) => !due.includes(one));
    for (const { mind, events } of due) for (const event of events) happen(mind, event, 0);
  };
  for (const { mind, said, lag } of happenings) {
    happen(mind, said, lag);
    arrive((one) => (one.lag -= 1) < 0);
  }
  arrive(() => true);
  return writes;
}

function step(
  log: TestLog,
  mind: string,
  { known, said }: { known: Mind; said: Said },
): Omit<Write, 'mind'>[] {
  const [event] = log.put(mind, said);
  if (!event) return [];
  known.state = testFold.evolve(known.state, event);
  for (const [rule, ids] of known.pending)
    if (ids.delete(event.id) && ids.size === 0) known.pending.delete(rule);
  return [doDuty, answer].flatMap((rule: Rule<TestState>) => {
    if (!rule.kinds.includes(event.kind) || known.pending.has(rule.name)) return [];
    return rule.decide(known.state, event).map((decision) => {
      const events = decided(mind, 'projection', rule.name, decision);
      known.pending.set(rule.name, new Set(events.map(({ id }) => id)));
      return { rule: rule.name, events };
    });
  });
}
