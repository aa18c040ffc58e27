import type { Basis, MindEvent } from '#libs/contracts';
import { canonicalJson } from './canonical-json';
import { decided, type Rule } from './decision';
import type { Besides, Explainers } from './explain';

export interface BasisParts<S> {
  service: string;
  rules: readonly Rule<S>[];
  explainers: Explainers<S>;
  besides?: Besides;
  /** False for an event of an explained kind that was not written on a state: no past state is folded for it. */
  onState?: (event: MindEvent) => boolean;
}

/**
 * Why an event was written, on the state right after `cause`: asks the rules again, and takes the one that decides this
 * event. A copied mind has other ids, so that there the same kind, content and meta count. Null: not because of `cause`.
 */
export function basisOf<S>(
  { service, rules, explainers }: BasisParts<S>,
  state: S,
  { event, cause }: { event: MindEvent; cause: MindEvent },
): Basis | null {
  const rule = ruleOf(service, rules, state, { event, cause });
  const explain = explainers[event.kind as keyof typeof explainers];
  const numbers = explain ? explain(state, event, cause) : {};
  // What no rule writes (a reply, an attempt) has its numbers alone.
  if (numbers === null || (rule === null && !(explain && writtenByNoRule(event)))) return null;
  return { service, rule, seen: 'state', cause: { position: cause.position, kind: cause.kind }, numbers };
}

/** Why an event was written, by the events around it. Null: this service did not write it because of one of them. */
export function basisBeside<S>(
  { service, besides = {} }: BasisParts<S>,
  event: MindEvent,
  near: readonly MindEvent[],
): Basis | null {
  const found = besides[event.kind as keyof typeof besides]?.(event, near);
  if (!found) return null;
  const { cause, numbers } = found;
  return { service, rule: null, seen: 'log', cause: { position: cause.position, kind: cause.kind }, numbers };
}

const BY_NO_RULE = new Set(['assistant_message', 'reflection', 'reflection_rejected']);
const writtenByNoRule = ({ kind }: MindEvent): boolean => BY_NO_RULE.has(kind);

function ruleOf<S>(
  service: string,
  rules: readonly Rule<S>[],
  state: S,
  { event, cause }: { event: MindEvent; cause: MindEvent },
): string | null {
  const meant = canonicalJson([event.kind, event.content, event.meta]);
  const writes = ({ name, kinds, decide }: Rule<S>) =>
    kinds.includes(cause.kind) &&
    decide(state, cause)
      .flatMap((decision) => decided(event.mind, service, name, decision))
      .some(
        ({ id, kind, content, meta }) => id === event.id || canonicalJson([kind, content, meta]) === meant,
      );
  return rules.find(writes)?.name ?? null;
}
