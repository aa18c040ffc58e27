import { NO_CALLS, waitTicks, type Calls } from '../core/gate';

interface Entry {
  inFlight: boolean;
  failures: number;
  retryAtTick: number;
}

/** What this process knows of its calls of the model, by mind. Only minds with a call or a failure are remembered. */
export class ModelCalls {
  private readonly entries = new Map<string, Entry>();

  of(mind: string, budgetSpent: boolean): Calls {
    const entry = this.entries.get(mind);
    if (!entry) return { ...NO_CALLS, budgetSpent };
    return { inFlight: entry.inFlight, retryAtTick: entry.retryAtTick, budgetSpent };
  }

  begin(mind: string): void {
    const entry = this.entries.get(mind) ?? { inFlight: false, failures: 0, retryAtTick: 0 };
    this.entries.set(mind, { ...entry, inFlight: true });
  }

  succeeded(mind: string): void {
    this.entries.delete(mind);
  }

  /** A model that failed is asked again after 1, 2, 4 … 64 ticks. */
  failed(mind: string, tick: number): void {
    const failures = (this.entries.get(mind)?.failures ?? 0) + 1;
    this.entries.set(mind, { inFlight: false, failures, retryAtTick: tick + waitTicks(failures) });
  }
}
