import { AppError } from '#libs/kernel';
import type { Slots } from '../slots';
import { usable, type Resident } from './resident';
import type { SnapshotKeeper } from './snapshot-keeper';
import { Limit, type StateReader } from './state-reader';

/** States at older positions: from a snapshot that is old enough and a read of the rest; never from the live cache. */
export class PastStates<S extends object> {
  constructor(
    private readonly reader: StateReader<S>,
    private readonly snapshots: SnapshotKeeper<S>,
    private readonly slots: Slots,
  ) {}

  /** @throws AppError of event-log; `unavailable` when the fold fails before that position. */
  at(mind: string, position: number, deadlineAt: number): Promise<Resident<S>> {
    return this.slots.run(async () => {
      const snapshot = await this.snapshots.newest(mind);
      const old = snapshot && snapshot.watermark <= position ? snapshot : null;
      const reading = { purpose: 'query', path: 'past', wait: { deadlineAt } } as const;
      const past = await this.reader.open(mind, old, { ...reading, limit: new Limit(position) });
      if (usable(past).watermark === position) return past;
      throw new AppError('unavailable', `the log of ${mind} ends at ${past.watermark} just now`);
    });
  }
}
