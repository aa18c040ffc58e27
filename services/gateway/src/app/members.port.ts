import { SERVICES, type ServiceName, type ServiceStats } from '#libs/contracts';

/** One process of a service and what it tells about itself. */
export interface Member {
  service: ServiceName;
  stats: ServiceStats;
}

/** The members of all services that answer right now. */
export abstract class Members {
  /** What every member that answers within a short time tells about itself. */
  abstract stats(): Promise<Member[]>;
  /** The services of which at least one member says that it serves. */
  abstract serving(): Promise<Set<ServiceName>>;
  /** The connection to NATS. */
  abstract nats(): { state: string; server: string | null; version: string | null };
}

/** All services but the gateway: those without which it cannot serve. */
export const NEEDED_SERVICES: readonly ServiceName[] = SERVICES.filter((service) => service !== 'gateway');
