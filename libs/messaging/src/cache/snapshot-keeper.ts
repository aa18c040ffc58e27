import { encodeState, type Fold } from '#libs/kernel';
import type { Log } from '../link';
import { Slots } from '../slots';
import { within } from '../within';
import type { CacheSettings } from './cache-options';
import { digestOfResident, type Resident } from './resident';
import type { SnapshotProof } from './snapshot-proof';
import type { Snapshot, SnapshotStore } from './snapshot-store';

const AT_CLOSE = 100;
const AT_ONCE = 16;
const WAITING = 256;
/** Storing at a hand-over or at the end may take so long; what is left out only costs the next owner a longer read. */
const STORE_ALL_MS = 3_000;

export interface SnapshotKeeperParts<S extends object> {
  fold: Fold<S>;
  store: Pick<SnapshotStore, 'get' | 'put'>;
  settings: Pick<CacheSettings, 'snapshotEvery' | 'verifySample'>;
  random: () => number;
  proof: SnapshotProof<S>;
  logger: Log;
}

/** A snapshot taken and not yet stored, and the watermark of the one before. */
interface Taken {
  snapshot: Snapshot;
  since: number;
}

/** When snapshots are stored and proved, and which are not to be trusted. */
export class SnapshotKeeper<S extends object> {
  private readonly slots = new Slots(AT_ONCE, WAITING);
  /** Minds whose stored snapshot was disproved: folded from position 1 until a new one is stored. */
  private readonly distrusted = new Set<string>();

  constructor(private readonly parts: SnapshotKeeperParts<S>) {}

  /** The stored snapshot of a mind, if there is one that is not known to be wrong. */
  async newest(mind: string): Promise<Snapshot | null> {
    return this.distrusted.has(mind) ? null : this.parts.store.get(mind);
  }

  /** Stores a snapshot, beside the feed, when enough events came since the last one. */
  storeWhenDue(resident: Resident<S>): void {
    if (resident.watermark - resident.snapshotAt < this.parts.settings.snapshotEvery) return;
    const taken = this.take(resident);
    if (!taken) return;
    this.slots
      .run(() => this.keep(resident, taken))
      .catch((error) => this.parts.logger.error(`snapshot of ${resident.mind} failed`, error));
  }

  /** Stores it now, if it has come further than its snapshot. True when all that it is was stored. */
  async store(resident: Resident<S>): Promise<boolean> {
    if (!resident.broken && resident.watermark === resident.snapshotAt) return true;
    const taken = this.take(resident);
    return taken !== null && this.keep(resident, taken);
  }

  /** Stores those with 100 new events or more, as many as 3 s allow. */
  async storeAll(residents: readonly Resident<S>[]): Promise<void> {
    const worth = residents
      .filter(({ watermark, snapshotAt }) => watermark - snapshotAt >= AT_CLOSE)
      .values();
    let late = false;
    const storeSome = async () => {
      for (const resident of worth) {
        if (late) return;
        const taken = this.take(resident);
        if (taken) await this.keep(resident, taken);
      }
    };
    await within(Promise.all(Array.from({ length: AT_ONCE }, storeSome)), STORE_ALL_MS, () => {
      late = true;
      this.parts.logger.warn('not every snapshot could be stored in time');
      return [];
    });
  }

  /** The state's text is made at once: the fold goes on while it is stored. */
  private take(resident: Resident<S>): Taken | null {
    const { watermark, headHash, mind, snapshotAt: since } = resident;
    if (!headHash || resident.broken || resident.lost) return null;
    const { fold } = this.parts;
    resident.snapshotAt = watermark;
    const digest = digestOfResident(fold, resident);
    const state = encodeState(resident.state);
    return { snapshot: { mind, foldVersion: fold.version, watermark, headHash, digest, state }, since };
  }

  private async keep(resident: Resident<S>, { snapshot, since }: Taken): Promise<boolean> {
    const { settings, store, random, proof } = this.parts;
    const sampled = since > 0 && random() < settings.verifySample;
    if (sampled && !(await proof.holds(resident, snapshot, since))) {
      this.distrusted.add(snapshot.mind);
      return false;
    }
    const isStored = await store.put(snapshot);
    if (isStored) this.distrusted.delete(snapshot.mind);
    return isStored;
  }
}
