import type { ReadPurpose } from '#libs/contracts';
import { AppError, decodeState, digestOf, type Fold } from '#libs/kernel';
import type { Log } from '../link';
import type { LogClient } from '../log-client';
import { isUnreadable } from '../readable-page';
import type { AskOptions } from '../requests';
import type { Folder, FoldPath } from './folder';
import { readRange, type RangePage } from './mind-reader';
import { newResident, type Resident } from './resident';
import type { Snapshot } from './snapshot-store';

/** The last position that a reading may fold, and how far it has come. */
export class Limit {
  private reached = 0;

  /** @param isWanted False: what has been folded until then is enough. */
  constructor(
    public to: number,
    private readonly isWanted: () => boolean = () => true,
  ) {}

  /** What is read onto is at `watermark` already. When that is past the limit, the batch that set it is an old one. */
  begin(watermark: number): void {
    this.reached = watermark;
    if (watermark > this.to) this.to = Infinity;
  }

  /** False when nothing more is wanted. */
  goesOnAfter(watermark: number): boolean {
    this.reached = watermark;
    return watermark < this.to && this.isWanted();
  }

  /** A live batch begins at `from`: its events are left to it, unless they are folded already. */
  leaveFrom(from: number): void {
    if (from - 1 >= this.reached) this.to = Math.min(this.to, from - 1);
  }
}

export interface Reading {
  limit: Limit;
  purpose: ReadPurpose;
  path: FoldPath;
  /** How long to wait for each page. */
  wait: AskOptions;
}

export interface StateReaderParts<S extends object> {
  fold: Fold<S>;
  folder: Folder<S>;
  log: Pick<LogClient, 'read'>;
  logger: Log;
}

/** Brings states to a position by reading the log: from a snapshot that it trusts, or from position 1. */
export class StateReader<S extends object> {
  constructor(private readonly parts: StateReaderParts<S>) {}

  /**
   * A state at the limit, or at the head when that comes first. A snapshot counts only if fold version and digest agree
   * and the log has its hash at its watermark. @throws AppError of event-log, and `unavailable`.
   */
  async open(mind: string, snapshot: Snapshot | null, reading: Reading): Promise<Resident<S>> {
    const stored = snapshot && this.decode(mind, snapshot);
    if (stored && (await this.onto(stored, reading, { prove: true }))) return checked(stored);
    const fresh = newResident(mind, this.parts.fold.initialState());
    await this.onto(fresh, reading);
    return checked(fresh);
  }

  /**
   * Folds what follows a state. With `prove` the reading begins one event earlier, at the state's own watermark: false
   * when the log has another event there, or none. An event that can't be read stops the mind, as one that can't be folded.
   */
  async onto(resident: Resident<S>, reading: Reading, { prove = false } = {}): Promise<boolean> {
    const { mind, watermark } = resident;
    const { limit, purpose, wait } = reading;
    limit.begin(watermark);
    const after = prove ? watermark - 1 : watermark;
    let proved = !prove;
    try {
      for await (const page of readRange(this.parts.log, { mind, after, to: limit.to, purpose, wait })) {
        if (!proved && page.events[0]?.hash !== resident.headHash) return false;
        proved = true;
        if (!this.foldPage(resident, page, reading)) return true;
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      if (proved) this.parts.folder.stop(resident, resident.watermark + 1, error);
    }
    return proved;
  }

  /**
   * Folds what is new of a page. Which events those are is told by their places in it, not by the positions that they claim: one with
   * another position is shown to the folder, which says so. False when nothing more is wanted.
   */
  private foldPage(resident: Resident<S>, { after, events }: RangePage, { limit, path }: Reading): boolean {
    const [first, end] = [resident.watermark - after, limit.to - after];
    const wanted = events.slice(Math.max(0, first), Math.max(0, end));
    if (resident.lost || this.parts.folder.into(resident, wanted, path) !== 'folded') return false;
    return limit.goesOnAfter(resident.watermark);
  }

  /** The state of a snapshot, or null when it is another fold's or does not fit its own digest. */
  decode(mind: string, snapshot: Snapshot): Resident<S> | null {
    const { fold, logger } = this.parts;
    if (snapshot.mind !== mind || snapshot.foldVersion !== fold.version) return null;
    const { watermark, headHash } = snapshot;
    try {
      const state = decodeState<S>(snapshot.state);
      if (digestOf(fold, state) !== snapshot.digest) return null;
      return { ...newResident(mind, state), watermark, headHash, snapshotAt: watermark };
    } catch (error) {
      logger.warn(
        `the snapshot of ${mind} at ${watermark} can't be decoded and is not used: ${String(error)}`,
      );
      return null;
    }
  }
}

function checked<S>(resident: Resident<S>): Resident<S> {
  if (!resident.lost) return resident;
  throw new AppError('unavailable', `the log of ${resident.mind} could not be folded; try again`);
}
