import type { JsonObject, Kind, MetaOf, MindEvent, NewEvent } from '#libs/contracts';
import { eventId } from './event-id';

/** An event before it has an id. */
export interface Draft {
  kind: string;
  content: string;
  meta: JsonObject;
  /** Only where the rules fix the id themselves (the outcome of a turn); else it derives from the decision's cause. */
  id?: string;
}

/** A draft of a kind of the registry, its meta checked by the compiler. Fields that are undefined are left out. */
export function draft<K extends Kind>(kind: K, meta: MetaOf<K>, content = ''): Draft {
  const entries = Object.entries(meta).filter(([, value]) => value !== undefined);
  return { kind, content, meta: Object.fromEntries(entries) as JsonObject };
}

/** Events that one rule wants appended together because of one cause. */
export interface Decision {
  /** What makes this decision unique within its rule, e.g. `tick:17`. */
  cause: string;
  drafts: Draft[];
}

/** A rule of a service: what follows from an event on the state at exactly that event's position. Pure. */
export interface Rule<S> {
  readonly name: string;
  /** The kinds of events that may cause a decision of this rule. */
  readonly kinds: readonly string[];
  decide(state: S, event: MindEvent): Decision[];
}

/** Ids that are the same for every replica that takes this decision: UUIDv5(mind, service, rule, cause, n). */
export function decided(mind: string, service: string, rule: string, decision: Decision): NewEvent[] {
  return decision.drafts.map((d, n) => ({
    ...d,
    id: d.id ?? eventId(mind, service, rule, decision.cause, n),
  }));
}
