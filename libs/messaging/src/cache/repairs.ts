import type { Metrics } from '../metrics';
import type { Resident } from './resident';
import { Limit, type StateReader } from './state-reader';

const PAGE_MS = 10_000;

/** Reads what resident minds have missed: one reading at a time for each mind. */
export class Repairs<S extends object> {
  private readonly running = new Map<string, { limit: Limit; done: Promise<void> }>();

  constructor(
    private readonly reader: StateReader<S>,
    private readonly metrics: Metrics,
    private readonly onRepaired: (resident: Resident<S>) => void,
  ) {}

  /** A live batch begins at `from`: a repair under way leaves its events to it, so that it can decide on them. */
  leaveFrom(mind: string, from: number): void {
    this.running.get(mind)?.limit.leaveFrom(from);
  }

  /** Folds up to `to`, or less when a live batch takes over or the log ends. @throws AppError of event-log. */
  async upTo(resident: Resident<S>, to: number): Promise<void> {
    const { mind } = resident;
    for (let other = this.running.get(mind); other; other = this.running.get(mind)) await other.done;
    if (resident.watermark >= to || resident.lost) return;
    this.metrics.repairs.inc();
    const limit = new Limit(to);
    const work = this.read(resident, limit).finally(() => this.running.delete(mind));
    this.running.set(mind, { limit, done: work.then(ignore, ignore) });
    await work;
  }

  private async read(resident: Resident<S>, limit: Limit): Promise<void> {
    const wait = { timeoutMs: PAGE_MS };
    await this.reader.onto(resident, { limit, purpose: 'repair', path: 'repair', wait });
    this.onRepaired(resident);
  }
}

/** The failure itself reaches the caller whose repair it is; the others only wait for the end. */
const ignore = () => undefined;
