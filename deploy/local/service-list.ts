/**
 * The services by who needs whom: the first stage is ready before any other starts, and a stage stops only when
 * the one after it has ended. Those of one stage know nothing of each other.
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
