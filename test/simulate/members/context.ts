import { AppError, systemClock, type Clock } from '#libs/kernel';
import type { ServiceName } from '#libs/contracts';
import { TokenBudget } from '#libs/llm';
import { Link, LogClient, type Metrics, Ownership, PmmTransport, Requests, type Log } from '#libs/messaging';
import { SimulatedConnection } from '../world/nats-connection';
import type { Process } from '../world/process';
import { SHARDS, type World } from '../world/world';
import { UnreadMetrics } from './unread-metrics';

/** What the shell of a service hands to its parts, in the simulation. */
export interface MemberContext {
  world: World;
  service: ServiceName;
  process: Process;
  connection: SimulatedConnection;
  link: Link;
  requests: Requests;
  logClient: LogClient;
  ownership: Ownership;
  transport: PmmTransport;
  metrics: Metrics;
  clock: Clock;
  log: Log;
}

/** Without a limit it remembers nothing; one for all, as to make one costs more than a run may. */
export const noBudget = new TokenBudget(undefined, systemClock);

const UNREAD: Metrics = new UnreadMetrics({ service: 'any', instance: 'simulated' });

/** A connection, and the clients that every process has. */
export function connect(world: World, process: Process) {
  const connection = new SimulatedConnection(world.nats, world.scheduler, process);
  const log = logOf(world, process);
  const link = Reflect.construct(Link, [connection.asNats(), log]) as Link;
  const requests = new Requests(link, SHARDS);
  const logClient = new LogClient(requests, UNREAD);
  return { connection, log, link, requests, metrics: UNREAD, logClient };
}

export function contextOf(world: World, service: ServiceName, process: Process): MemberContext {
  const parts = connect(world, process);
  const { link, log, metrics } = parts;
  const instance = process.name.slice(process.name.lastIndexOf('-') + 1);
  const clock = systemClock;
  const ownership = new Ownership({ service, instance, shards: SHARDS, link, clock, log });
  const transport = new PmmTransport({ service, link, ownership, metrics, clock, log });
  return { world, service, process, ...parts, ownership, transport, clock };
}

/** What a process says. An error that is none of the table's is a fault of the code. */
function logOf(world: World, process: Process): Log {
  const note = (level: string, message: string) =>
    world.trace.note(process.name, () => `${level}: ${message}`);
  return {
    info: (message) => note('info', message),
    warn: (message) => note('warn', message),
    error: (message, error) => {
      note('error', error === undefined ? message : `${message}: ${String(error)}`);
      const isExpected = error === undefined || (error instanceof AppError && error.code !== 'internal');
      if (isExpected && !message.startsWith('alarm ')) return;
      world.violated('no alarm and no unexpected error', `${process.name}: ${message} ${stackOf(error)}`);
    },
  };
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : '');
