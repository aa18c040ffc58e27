import type { NewEvent } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Log } from '../link';
import type { LogClient } from '../log-client';
import type { Metrics } from '../metrics';
import { within } from '../within';

/** What became of a decision's append. `until`: the events are in the log at or before this position. */
export type WriteResult = { done: true; until: number } | { done: false };

const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 50;
const LAST_PATIENCE_MS = 2_000;

/** Appends what rules decided: once per decision, again while the failure is retryable, for at most 10 s. */
export class DecisionWriter {
  private readonly running = new Set<Promise<unknown>>();
  private ending = false;

  constructor(
    private readonly log: Pick<LogClient, 'append'>,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly logger: Log,
  ) {}

  write(mind: string, rule: string, events: NewEvent[]): Promise<WriteResult> {
    const work = this.attempt(mind, rule, events).finally(() => this.running.delete(work));
    this.running.add(work);
    return work;
  }

  /** Resolves when what was begun has ended, or after 2 s. From now on nothing is tried a second time. */
  async idle(): Promise<void> {
    this.ending = true;
    await within(Promise.allSettled(this.running), LAST_PATIENCE_MS, () => []);
  }

  private async attempt(mind: string, rule: string, events: NewEvent[]): Promise<WriteResult> {
    const deadlineAt = this.clock.now() + PATIENCE_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        const reply = await this.log.append({ mind, events }, { deadlineAt });
        this.metrics.decisions.inc({ rule, result: reply.duplicate ? 'duplicate' : 'appended' });
        return { done: true, until: reply.to };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'id_conflict') {
          this.metrics.decisions.inc({ rule, result: 'id_conflict' });
          return { done: true, until: error.head?.position ?? 0 };
        }
        if (!error.retryable || this.ending || this.clock.now() + pauseMs > deadlineAt)
          return this.giveUp(mind, rule, error);
        await this.clock.sleep(pauseMs);
      }
    }
  }

  /** A duty that is state is looked at again at the next tick, so that giving up delays it and never loses it. */
  private giveUp(mind: string, rule: string, error: AppError): WriteResult {
    this.metrics.decisions.inc({ rule, result: error.code });
    this.logger.error(`mind ${mind}: the decision of ${rule} was not appended`, error);
    return { done: false };
  }
}
