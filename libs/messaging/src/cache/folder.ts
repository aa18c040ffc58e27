import { upcast, type MindEvent } from '#libs/contracts';
import type { Fold } from '#libs/kernel';
import type { Metrics } from '../metrics';
import type { Alarms } from './alarms';
import { chainFault } from './mind-reader';
import { forgetDigests, wake, type Resident } from './resident';

export type FoldResult = 'folded' | 'mismatch' | 'broken';
export type FoldPath = 'batch' | 'repair' | 'load' | 'past' | 'verify';

/** The one way in which events enter a state, whatever path they came by. */
export class Folder<S extends object> {
  constructor(
    private readonly fold: Fold<S>,
    private readonly alarms: Alarms,
    private readonly metrics: Metrics,
    /** Told of each state that contradicts the log; it must not be used any more. */
    private readonly onLost: (resident: Resident<S>) => void,
  ) {}

  /** Folds events in order; `after` sees each one, on the state at exactly its position. Stops at the first fault. */
  into(
    resident: Resident<S>,
    events: readonly MindEvent[],
    path: FoldPath,
    after?: (event: MindEvent) => void,
  ): FoldResult {
    for (const event of events) {
      const fault = chainFault(event, resident);
      if (fault) return this.mismatch(resident, fault);
      const folded = this.evolve(resident, event);
      if (!folded) return 'broken';
      after?.(folded);
    }
    this.metrics.folded.inc({ path }, events.length);
    wake(resident);
    return 'folded';
  }

  /** An alarm: this state is not that of the log. It is thrown away and folded anew when somebody needs it. */
  mismatch(resident: Resident<S>, reason: string): 'mismatch' {
    if (resident.lost) return 'mismatch';
    resident.lost = true;
    this.alarms.raise('cache_mismatch', { mind: resident.mind, watermark: resident.watermark, reason });
    this.metrics.rebuilds.inc();
    this.onLost(resident);
    wake(resident);
    return 'mismatch';
  }

  /** An alarm: this mind is folded no further than before `position`, as what is there can't be folded or not even be read. */
  stop(resident: Resident<S>, position: number, error: unknown): void {
    if (resident.broken || resident.lost) return;
    resident.broken = { position, error };
    this.alarms.raise('fold_failed', { mind: resident.mind, position, error: String(error) });
    wake(resident);
  }

  /** The event in its newest version, or null: a fold that throws stops this mind and never skips an event. */
  private evolve(resident: Resident<S>, stored: MindEvent): MindEvent | null {
    if (resident.broken) return null;
    let event: MindEvent;
    try {
      event = upcast(stored);
      resident.state = this.fold.evolve(resident.state, event);
    } catch (error) {
      this.stop(resident, stored.position, error);
      return null;
    }
    forgetDigests(this.fold, resident, event.kind);
    resident.watermark = event.position;
    resident.headHash = event.hash;
    return event;
  }
}
