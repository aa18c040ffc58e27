import type { AppendReply, Head } from '#libs/contracts';
import { chainEvents, type ChainedEvent, type ChainHead, type LooseEvent } from './chain.core';

/** An append whose ids are new. */
export interface WantedAppend {
  events: readonly LooseEvent[];
  expectedPosition?: number;
}

export type PlannedOutcome = { reply: AppendReply } | { versionConflict: Head };

/** What the log of one mind becomes when these appends go in together. */
export interface AppendPlan {
  events: ChainedEvent[];
  /** One per append, in order; true only once the events are stored. */
  outcomes: PlannedOutcome[];
  head: ChainHead;
}

/** Puts appends one after the other onto a head; one that expects another position is left out. */
export function planAppends(
  mind: string,
  head: ChainHead,
  wanted: readonly WantedAppend[],
  nowMs: number,
): AppendPlan {
  const plan: AppendPlan = { events: [], outcomes: [], head };
  for (const { events, expectedPosition } of wanted) {
    const { position, hash } = plan.head;
    if (expectedPosition !== undefined && expectedPosition !== position) {
      plan.outcomes.push({ versionConflict: { position, hash } });
      continue;
    }
    const chained = chainEvents(mind, plan.head, events, nowMs);
    plan.events.push(...chained);
    plan.head = chained.at(-1) ?? plan.head;
    const headHash = plan.head.hash ?? '';
    plan.outcomes.push({ reply: { from: position + 1, to: plan.head.position, headHash, duplicate: false } });
  }
  return plan;
}
