import type { JsonObject, Kind, MindEvent } from '#libs/contracts';

/**
 * The numbers behind an event, from the state right after the event that caused it: what its rule saw. Null when that
 * state can't have led to this event, so that an earlier cause is looked at. Pure.
 */
export type Explainer<S> = (state: S, event: MindEvent, cause: MindEvent) => JsonObject | null;

/** Which kinds of events a service has numbers for. */
export type Explainers<S> = Partial<Record<Kind, Explainer<S>>>;

/** The event because of which another one was written, and what it says about that one. */
export interface Beside {
  cause: MindEvent;
  numbers: JsonObject;
}

/**
 * Explains an event by those around it, for no state was asked when it was written: a control line's event by its reply,
 * what a user's text implies by the text. `near` are events around it in order of position. Null: not so written. Pure.
 */
export type BesideExplainer = (event: MindEvent, near: readonly MindEvent[]) => Beside | null;

/** Which kinds of events a service explains by their neighbours. */
export type Besides = Partial<Record<Kind, BesideExplainer>>;

/** The nearest earlier event of a kind, for events of the append that it leads. */
export const leaderOf = (
  kind: Kind,
  { position }: MindEvent,
  near: readonly MindEvent[],
): MindEvent | undefined => near.findLast((event) => event.kind === kind && event.position < position);
