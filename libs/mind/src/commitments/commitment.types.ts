import type { PRIORITIES } from '#libs/contracts';

export type Priority = (typeof PRIORITIES)[number];

/** A commitment that is open. Fields that nobody gave are absent. */
export interface OpenCommitment {
  text: string;
  source: string;
  openedAt: string;
  openPosition: number;
  /** Number of the last tick before it was opened. */
  openTick: number;
  origin?: number;
  project?: string;
  priority?: Priority;
  dueAt?: string;
  ttlTicks?: number;
  snoozedUntil?: number;
  /** Number of the last tick before its text was updated. */
  updatedTick?: number;
  /** The due time that a `commitment_due` has told of. */
  dueTold?: string;
  /** Positions that `commitment_evidence` named. */
  evidence?: number[];
  /** It came from an original ledger, and ages from the first tick that did not. */
  imported?: true;
}

export interface ClosedCommitment extends OpenCommitment {
  endPosition: number;
  evidence: number[];
  /** Imported closes have none. */
  outcome?: 'done' | 'dropped';
  note: string;
}

export interface ExpiredCommitment extends OpenCommitment {
  endPosition: number;
  reason: string;
}

/** The duty to change the text of commitments after an adoption. */
export interface Rebind {
  newName: string;
  cids: Map<string, RebindDuty>;
}

/** Why the text of a commitment is to be changed. */
export interface RebindDuty {
  /** The name that its text holds. */
  oldName: string;
  /** Position of the event that made it a duty: the adoption, or a rebind to another name that came after it. */
  since: number;
}

/** The commitments that are open, and what they make a duty. */
export interface CommitmentsState {
  /** In order of opening. */
  open: Map<string, OpenCommitment>;
  /** Project → its open commitments. */
  projects: Map<string, number>;
  /** Project → position of the event that ended its last commitment, until `project_close`. */
  emptied: Map<string, number>;
  /** Position of an adoption → what has to follow it. */
  rebinds: Map<number, Rebind>;
}

/** The commitments that have ended. */
export interface EndedState {
  /** The last 200, in order of closing. */
  closed: Map<string, ClosedCommitment>;
  /** The last 500, in order of expiry. */
  expired: Map<string, ExpiredCommitment>;
  /** How many records are not kept any more: the log knows them. */
  closedDropped: number;
  expiredDropped: number;
}
