import { AppError } from '#libs/kernel';
import type { Log, Metrics } from '#libs/messaging';
import type { TurnObserver } from '../app/ports';

/** Counts turns by how they ended, and logs why a model failed: the caller is told less. */
export class TurnMetrics implements TurnObserver {
  private readonly turns;

  constructor(
    metrics: Metrics,
    private readonly log: Log,
  ) {
    this.turns = metrics.counter('pmm_turns_total', 'Turns, by how they ended', ['result']);
  }

  ended({ mind, turnId }: { mind: string; turnId: string }, { error }: { error?: unknown }): void {
    if (error === undefined) return this.turns.inc({ result: 'ok' });
    const result = error instanceof AppError ? error.code : 'internal';
    this.turns.inc({ result });
    if (result.startsWith('model_')) this.log.warn(`turn ${turnId} of ${mind}: ${String(error)}`);
  }
}
