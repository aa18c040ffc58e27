import type { Basis, MindEvent } from '#libs/contracts';
import { canonicalJson } from './canonical-json';
import { decided, type Rule } from './decision';
import type { Explainers } from './explain';

export interface BasisParts<S> {
  service: string;
  rules: readonly Rule<S>[];
  explainers: Explainers<S>;
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
  return { service, rule, cause: { position: cause.position, kind: cause.kind }, numbers };
}

const BY_NO_RULE = new Set([
  'assistant_message',
  'hallucination_detected',
  'reflection',
  'reflection_rejected',
]);
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
