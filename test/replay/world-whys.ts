import type { Basis, MindEvent, ReadRequest } from '#libs/contracts';
import { foldAll, type BasisParts } from '#libs/kernel';
import type { IncrementalCache, LogClient } from '#libs/messaging';
import {
  SERVICE_FOLDS,
  turnTimeoutRule,
  type CommitmentState,
  type ConversationState,
  type ProjectionState,
  type ReflectionState,
} from '#libs/mind';
import { Whys } from '../../libs/service/src/whys';
import { commitmentWhy } from '../../services/commitment/src/core/explainers';
import { commitmentRules } from '../../services/commitment/src/core/rules';
import { conversationWhy } from '../../services/conversation/src/core/explainers';
import { projectionWhy } from '../../services/projection/src/core/explainers';
import { projectionRules } from '../../services/projection/src/core/rules';
import { reflectionWhy } from '../../services/reflection/src/core/explainers';
import { reflectionRules } from '../../services/reflection/src/core/rules';

type Folded = keyof typeof SERVICE_FOLDS;

/** Whys over the log of a world; `folded` lists the past states that were asked for. */
function over<S extends object>(
  log: readonly MindEvent[],
  service: Folded,
  parts: Omit<BasisParts<S>, 'service'>,
) {
  const folded: number[] = [];
  const read = (_mind: string, { at = 0 }: { at?: number }, view: (state: S) => object) => {
    folded.push(at);
    return Promise.resolve(view(foldAll(SERVICE_FOLDS[service], log.slice(0, at)) as S));
  };
  const events = ({ after = 0, limit, kinds, order }: ReadRequest) => {
    const wanted = (event: MindEvent) => !kinds || kinds.includes(event.kind);
    const some =
      order === 'desc'
        ? log.filter((event) => event.position < after && wanted(event)).reverse()
        : log.filter((event) => event.position > after && wanted(event));
    return Promise.resolve({ events: some.slice(0, limit) });
  };
  const whys = new Whys<S>(
    { service, ...parts },
    { read } as unknown as Pick<IncrementalCache<S>, 'read'>,
    { read: events } as unknown as Pick<LogClient, 'read'>,
  );
  const of = async (event: MindEvent | undefined) =>
    (await whys.of({ mind: 'ada', position: event?.position ?? 0 }, 0)).basis;
  return { of, whys, folded };
}

/** The services that explain, over one log: each as it runs, but for the wire. */
export const whysOver = {
  projection: (log: readonly MindEvent[]) =>
    over<ProjectionState>(log, 'projection', { rules: projectionRules, ...projectionWhy }),
  commitment: (log: readonly MindEvent[]) =>
    over<CommitmentState>(log, 'commitment', { rules: commitmentRules, ...commitmentWhy }),
  reflection: (log: readonly MindEvent[]) =>
    over<ReflectionState>(log, 'reflection', { rules: reflectionRules, ...reflectionWhy }),
  conversation: (log: readonly MindEvent[]) =>
    over<ConversationState>(log, 'conversation', { rules: [turnTimeoutRule], ...conversationWhy }),
};

/** What led to an event, whichever service knows. */
export async function whyOf(log: readonly MindEvent[], event: MindEvent): Promise<Basis | null> {
  const found = await Promise.all(Object.values(whysOver).map((begin) => begin(log).of(event)));
  return found.find((basis) => basis !== null) ?? null;
}
