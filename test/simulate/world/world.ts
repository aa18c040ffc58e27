import type { ServiceName } from '#libs/contracts';
import { Database } from './database';
import { ownGlobals } from './globals';
import { NatsServer } from './nats-server';
import { Network } from './network';
import { Process } from './process';
import { Random } from './random';
import { Scheduler } from './scheduler';
import { Shelf } from './snapshots';
import { Trace } from './trace';

export interface Violation {
  invariant: string;
  details: string;
}

/** Few, so that the minds of a run share some. */
export const SHARDS = 4;

/** Everything that the code under test takes for the world. */
export class World {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly network: Network;
  readonly nats: NatsServer;
  readonly database: Database;
  readonly shelf: Shelf;
  readonly violations: Violation[] = [];
  readonly memberOf = new Map<Process, ServiceName>();
  private processes = 0;
  private readonly restoreGlobals: () => void;

  constructor(
    readonly seed: number,
    written: boolean,
  ) {
    const chance = (n: number) => new Random(seed * 16 + n);
    this.trace = new Trace(written, () => this.scheduler.now);
    this.scheduler = new Scheduler(chance(1), this.trace);
    this.network = new Network(chance(2), () => this.scheduler.now);
    this.nats = new NatsServer(this.scheduler, this.network);
    this.database = new Database(this.scheduler, chance(3), this.trace);
    this.shelf = new Shelf(this.scheduler, chance(4));
    this.restoreGlobals = ownGlobals(this.scheduler, chance(5));
  }

  process(name: string): Process {
    this.processes += 1;
    return new Process(name, this.processes);
  }

  violated(invariant: string, details: string): void {
    this.violations.push({ invariant, details });
    this.trace.note('CHECK', () => `violated: ${invariant}: ${details}`);
  }

  /** Nothing of this world runs any more, and time is the process's own again. */
  end(): void {
    this.restoreGlobals();
  }
}
