import type { Metrics } from '../metrics';
import type { Slots } from '../slots';
import type { Resident } from './resident';
import type { SnapshotKeeper } from './snapshot-keeper';
import { Limit, type StateReader } from './state-reader';

const PAGE_MS = 10_000;

export interface MindLoaderParts<S extends object> {
  reader: StateReader<S>;
  snapshots: SnapshotKeeper<S>;
  slots: Slots;
  metrics: Metrics;
  /** Called with each mind before anybody else gets it. */
  onLoaded: (resident: Resident<S>) => void;
}

/** Loads minds that are not resident: each once at a time, whoever waits for it. */
export class MindLoader<S extends object> {
  private readonly running = new Map<string, { limit: Limit; done: Promise<Resident<S>> }>();

  constructor(private readonly parts: MindLoaderParts<S>) {}

  /**
   * @param liveFrom A live batch begins here: its events are left to it, so that it can decide on them, also by a load
   * that is under way already. Absent: up to the head.
   */
  load(mind: string, liveFrom = Infinity): Promise<Resident<S>> {
    const running = this.running.get(mind);
    if (running) {
      running.limit.leaveFrom(liveFrom);
      return running.done;
    }
    const limit = new Limit(liveFrom - 1);
    const done = this.parts.slots.run(() => this.read(mind, limit)).finally(() => this.running.delete(mind));
    this.running.set(mind, { limit, done });
    return done;
  }

  isLoading(mind: string): boolean {
    return this.running.has(mind);
  }

  private async read(mind: string, limit: Limit): Promise<Resident<S>> {
    const { reader, snapshots, metrics, onLoaded } = this.parts;
    const reading = { limit, purpose: 'warmup', path: 'load', wait: { timeoutMs: PAGE_MS } } as const;
    const snapshot = await snapshots.newest(mind);
    const resident = await reader.open(mind, snapshot, reading);
    const from = resident.snapshotAt > 0 ? 'snapshot' : 'start';
    if (snapshot && from === 'start') metrics.snapshots.inc({ result: 'distrusted' });
    metrics.loads.inc({ from });
    onLoaded(resident);
    return resident;
  }
}
