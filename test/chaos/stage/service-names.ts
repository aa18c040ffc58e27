/** Every service of the system, in the order of its start. */
export const SERVICE_NAMES = [
  'event-log',
  'tick-coordinator',
  'projection',
  'commitment',
  'reflection',
  'conversation',
  'gateway',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** The name of a process under the supervisor: replicas after the first have a number. */
export const processName = (service: string, replica: number): string =>
  replica === 1 ? service : `${service}-${replica}`;
