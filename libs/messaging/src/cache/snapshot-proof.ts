import type { Fold } from '#libs/kernel';
import type { Metrics } from '../metrics';
import type { Folder } from './folder';
import { digestOfResident, type Resident } from './resident';
import type { Snapshot, SnapshotStore } from './snapshot-store';
import { Limit, type StateReader } from './state-reader';

const PAGE_MS = 10_000;

export interface SnapshotProofParts<S extends object> {
  fold: Fold<S>;
  folder: Folder<S>;
  reader: StateReader<S>;
  store: Pick<SnapshotStore, 'get'>;
  metrics: Metrics;
}

/** Proves a sample of the new snapshots, off the hot path and at a cost that does not grow with the log. */
export class SnapshotProof<S extends object> {
  constructor(private readonly parts: SnapshotProofParts<S>) {}

  /**
   * Folds the events since the stored snapshot at `since` onto that one. Another digest is an alarm, the state is thrown
   * away, and the answer is false. True also when the stored one is not there any more, or is not one of this log.
   */
  async holds(resident: Resident<S>, snapshot: Snapshot, since: number): Promise<boolean> {
    const { store, reader, fold, folder, metrics } = this.parts;
    const { mind, watermark } = snapshot;
    const stored = await store.get(mind);
    const copy = stored?.watermark === since ? reader.decode(mind, stored) : null;
    if (!copy) return true;
    const wait = { timeoutMs: PAGE_MS };
    const reading = { limit: new Limit(watermark), purpose: 'verify', path: 'verify', wait } as const;
    if (!(await reader.onto(copy, reading, { prove: true }))) return true;
    const proved = copy.watermark === watermark && digestOfResident(fold, copy) === snapshot.digest;
    metrics.snapshots.inc({ result: proved ? 'proved' : 'disproved' });
    if (!proved)
      folder.mismatch(resident, `the snapshot at ${watermark} is not what folding from ${since} gives`);
    return proved;
  }
}
