/**
 * The services in the order in which they start, stage by stage: a stage starts when the one before it is
 * ready, and stops when the one after it has ended. Those of one stage know nothing of each other.
 */
export const serviceStages: readonly (readonly string[])[] = [
  ['event-log'],
  ['tick-coordinator'],
  ['projection', 'commitment', 'reflection'],
  ['conversation'],
  ['gateway'],
];

/** The one service that is given the address of PostgreSQL. */
export const logService = 'event-log';
/** The one service that listens for people and programs. */
export const httpService = 'gateway';
