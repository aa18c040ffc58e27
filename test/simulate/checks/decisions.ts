import type { MindEvent, ServiceName } from '#libs/contracts';
import { decided, foldAll, type Rule } from '#libs/kernel';
import { RULED_SERVICES } from '../../replay/service-rules';
import type { World } from '../world/world';
import type { Log } from './logs';

type AnyRule = Rule<Record<string, unknown>>;

/** Kinds that only rules write. */
const DECIDED = new Set(
  `metrics_update stage_update trait_update commitment_rebind commitment_due commitment_expire project_close
  bandit_reward meta_reflection self_assessment`.split(/\s+/),
);
/** Rules whose decisions are duties: they must be done in the end. */
const DUTIES = new Set(
  `rebind due expire project_close bandit_reward meta_reflection self_assessment policy_update turn_timeout
  adopt_proposal`.split(/\s+/),
);

/** Which events rules may have written, and by which cause, as the log itself tells it. */
export function checkDecisions(world: World, log: Log, services: Set<string>): void {
  const { mind, events, importedTo } = log;
  const explained = new Map<string, number>();
  for (const { service, fold, rules } of RULED_SERVICES) {
    if (!services.has(service)) continue;
    let state = fold.initialState();
    for (const event of log.copyOfEvents()) {
      state = fold.evolve(state, event);
      if (event.position <= importedTo) continue;
      for (const id of idsOf(service, rules, state, event))
        if (!explained.has(id)) explained.set(id, event.position);
    }
  }
  for (const { id, kind, position } of events) {
    if (position <= importedTo || !DECIDED.has(kind)) continue;
    const cause = explained.get(id);
    if (cause === undefined || cause >= position)
      world.violated('a decision follows from the log, once per cause', `${mind} #${position} ${kind}`);
  }
}

function idsOf(
  service: ServiceName,
  rules: readonly AnyRule[],
  state: Record<string, unknown>,
  event: MindEvent,
): string[] {
  return rules
    .filter((rule) => rule.kinds.includes(event.kind))
    .flatMap((rule) =>
      rule.decide(state, event).flatMap((decision) => decided(event.mind, service, rule.name, decision)),
    )
    .map(({ id }) => id);
}

/** What is still to be done at the end of a log: names of rules, and reflections that somebody asked for. */
export function dutiesOf(log: Log, services: Set<string>): string[] {
  const tick = log.events.findLast(({ kind }) => kind === 'autonomy_tick');
  if (!tick) return [];
  return RULED_SERVICES.filter(({ service }) => services.has(service)).flatMap(({ service, fold, rules }) => {
    const state = foldAll(fold, log.copyOfEvents());
    const open = rules
      .filter(({ name, kinds }) => DUTIES.has(name) && kinds.includes('autonomy_tick'))
      .filter((rule) => rule.decide(state, tick).length > 0)
      .map(({ name }) => name);
    const attempts = state.attempts as { requested: number; adopted: number } | undefined;
    const asked = service === 'reflection' && attempts && attempts.requested + attempts.adopted > 0;
    return asked ? [...open, 'a reflection that was asked for'] : open;
  });
}
