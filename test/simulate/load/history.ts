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

/** What clients were told. The checks compare it with the log. */
export class History {
  readonly acknowledged: Acknowledged[] = [];
  readonly seen: Seen[] = [];
  readonly turns: TurnEnd[] = [];
  readonly ticks: { mind: string; tick: number; position: number }[] = [];
  readonly opened: { mind: string; cid: string; position: number; existing: boolean }[] = [];
  /** What is asked for and has no final answer yet. */
  readonly waiting = new Set<string>();
}
