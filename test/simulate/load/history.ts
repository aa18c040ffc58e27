import type { AppendReply } from '#libs/contracts';
import type { StatefulService } from '#libs/mind';

/** An append that was acknowledged. */
export interface Acknowledged {
  mind: string;
  ids: string[];
  expectedPosition?: number;
  reply: AppendReply;
}

/** A reply about a mind's state. */
export interface Seen {
  service: StatefulService;
  mind: string;
  minPosition: number;
  watermark: number;
  digest: string;
}

export interface TurnEnd {
  mind: string;
  turnId: string;
  /** Position of the reply; null when the turn was told to have failed. */
  reply: number | null;
}

/** A file that somebody wants to have in a mind. */
export interface Filled {
  mind: string;
  /** Of its events, in order. */
  ids: string[];
  /** When its import was acknowledged. */
  headHash?: string;
}

/** What clients were told. The checks compare it with the log. */
export class History {
  readonly acknowledged: Acknowledged[] = [];
  readonly seen: Seen[] = [];
  readonly turns: TurnEnd[] = [];
  /** `after`: the last tick that was told before this one was asked for. */
  readonly ticks: { mind: string; after: number; tick: number; position: number }[] = [];
  readonly opened: { mind: string; cid: string; position: number; existing: boolean }[] = [];
  /** Turns that were refused for good, as their mind was archived or not made yet: they may have begun, and end by a timeout. */
  readonly refused = new Set<string>();
  readonly created: string[] = [];
  /** Minds that were archived, and taken out again as the last of it. */
  readonly rested: string[] = [];
  readonly files: Filled[] = [];
  /** What is asked for and has no final answer yet. */
  readonly waiting = new Set<string>();
}
