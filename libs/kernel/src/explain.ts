import type { JsonObject, Kind, MindEvent } from '#libs/contracts';

/**
 * The numbers behind an event, from the state right after the event that caused it: what its rule saw. Null when that
 * state can't have led to this event, so that an earlier cause is looked at. Pure.
 */
export type Explainer<S> = (state: S, event: MindEvent, cause: MindEvent) => JsonObject | null;

/** Which kinds of events a service has numbers for. */
export type Explainers<S> = Partial<Record<Kind, Explainer<S>>>;
