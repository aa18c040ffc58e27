import type { Batch } from '#libs/contracts';
import type { Decider } from './decider';
import type { Folder } from './folder';
import type { LeftMinds } from './left-minds';
import type { MindLoader } from './mind-loader';
import type { PendingAppends } from './pending-appends';
import type { Repairs } from './repairs';
import type { Resident } from './resident';

export interface BatchFeedParts<S extends object> {
  folder: Folder<S>;
  decider: Decider<S>;
  loader: MindLoader<S>;
  repairs: Repairs<S>;
  pending: PendingAppends;
  left: LeftMinds;
  onFolded: (resident: Resident<S>) => void;
}

type Taken = 'old' | 'known' | 'folded' | 'repaired' | 'unrepaired' | 'mismatch' | 'broken';

/** What a batch does to a mind's state: the table of the system's design. */
export class BatchFeed<S extends object> {
  constructor(private readonly parts: BatchFeedParts<S>) {}

  /**
   * A mind that is not resident is loaded only when the batch holds something new that a rule or an effect wants to see.
   * What was folded before the mind was thrown out is not new: a repeated batch must not be decided on a second time.
   */
  async loadFor({ mind, from, importedTo = 0, events }: Batch): Promise<Resident<S> | null> {
    const { decider, loader, left } = this.parts;
    const foldedTo = left.watermark(mind);
    const decidedTo = Math.max(importedTo, foldedTo);
    const wanted = events.some(({ position, kind }) => position > decidedTo && decider.concerns(kind));
    return wanted || loader.isLoading(mind) ? loader.load(mind, Math.max(from, foldedTo + 1)) : null;
  }

  async take(resident: Resident<S>, batch: Batch): Promise<Taken> {
    if (resident.broken) return 'broken';
    if (resident.lost) return 'unrepaired';
    if (batch.to < resident.watermark) return 'old';
    if (batch.to === resident.watermark) return this.compare(resident, batch);
    const gap = batch.from > resident.watermark + 1;
    this.parts.repairs.leaveFrom(batch.mind, batch.from);
    if (gap) await this.parts.repairs.upTo(resident, batch.from - 1);
    if (resident.broken) return 'broken';
    if (resident.lost || resident.watermark < batch.from - 1) return 'unrepaired';
    const folded = this.fold(resident, batch);
    return gap && folded === 'folded' ? 'repaired' : folded;
  }

  private compare(resident: Resident<S>, { to, headHash }: Batch): 'known' | 'mismatch' {
    if (headHash === resident.headHash) return 'known';
    return this.parts.folder.mismatch(resident, `a batch ends at ${to} with another hash`);
  }

  /** Folds what is new and decides on it, each event on the state at exactly its position. */
  private fold(resident: Resident<S>, { mind, events, importedTo = 0 }: Batch) {
    const { folder, decider, pending, onFolded } = this.parts;
    const fresh = events.filter((event) => event.position > resident.watermark);
    const result = folder.into(resident, fresh, 'batch', (event) => {
      pending.folded(mind, event);
      if (event.position > importedTo) decider.decideOn(resident, event);
    });
    if (result === 'folded') onFolded(resident);
    return result;
  }
}
