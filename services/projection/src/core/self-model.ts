import type { SelfModelReply } from '#libs/contracts';
import { activeDirectives, metricsReadOut, type ProjectionState } from '#libs/mind';
import { knowledgePage } from './knowledge-page';

/** What the self-model shows of the latest knowledge. */
const SHOWN_STATEMENTS = 20;

/** Who a mind is, as a view of its folded state. It keeps no reference to the state. */
export function selfModel(state: ProjectionState): Omit<SelfModelReply, 'watermark' | 'digest'> {
  return {
    identity: { name: state.identity.name, traits: { ...state.traits } },
    userName: state.userName.name,
    stage: state.stage.stage,
    metrics: metricsReadOut(state),
    directives: activeDirectives(state.directives),
    knowledge: knowledgePage(state, { limit: SHOWN_STATEMENTS }).knowledge,
    policies: Object.fromEntries(state.policies.values),
    tick: state.ticks.tick,
  };
}
