import type { ServiceName } from '#libs/contracts';
import type { Snapshot } from '#libs/messaging';
import type { Random } from './random';
import type { Scheduler } from './scheduler';
import type { SimulatedConnection } from './nats-connection';

const PATIENCE_MS = 6_000;

/** The buckets of snapshots. Like all that NATS holds they may be lost, or hold what nobody should trust. */
export class Shelf {
  private readonly buckets = new Map<string, Map<string, Snapshot>>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
  ) {}

  /** The bucket of a service as one member reaches it. */
  reachedBy(service: ServiceName, connection: SimulatedConnection) {
    const waited = async (): Promise<boolean> => {
      await this.scheduler.wait(connection.reachable ? this.random.between(0.3, 3) : PATIENCE_MS);
      return connection.reachable;
    };
    return {
      get: async (mind: string): Promise<Snapshot | null> =>
        (await waited()) ? (this.bucket(service).get(mind) ?? null) : null,
      put: async (snapshot: Snapshot): Promise<boolean> => {
        const isStored = await waited();
        if (isStored) this.bucket(service).set(snapshot.mind, snapshot);
        return isStored;
      },
      // All members of a run have the same fold version.
      behind: (): Promise<string[]> => Promise.resolve([]),
      dropOld: (): Promise<void> => Promise.resolve(),
    };
  }

  wipe(): void {
    this.buckets.clear();
  }

  /** Spoils each stored snapshot by chance. */
  rot(spoil: (snapshot: Snapshot, service: string) => Snapshot): number {
    let spoilt = 0;
    for (const [service, bucket] of this.buckets)
      for (const [mind, snapshot] of bucket) {
        if (this.random.chance(0.5)) continue;
        bucket.set(mind, spoil(snapshot, service));
        spoilt += 1;
      }
    return spoilt;
  }

  private bucket(service: string): Map<string, Snapshot> {
    const bucket = this.buckets.get(service) ?? new Map<string, Snapshot>();
    this.buckets.set(service, bucket);
    return bucket;
  }
}
