import type { Deadline } from './ports';

/** A turn as it was asked for. */
export interface Turn extends Deadline {
  mind: string;
  turnId: string;
  text: string;
  userName?: string;
  /** Tokens are published while they come. */
  stream: boolean;
}

/** A turn whose user message is in the log. */
export interface BegunTurn extends Turn {
  userPosition: number;
  /** The last position of that append: what the context must know. */
  position: number;
}
