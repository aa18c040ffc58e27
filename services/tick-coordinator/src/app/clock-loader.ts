import type { MindEvent } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { newMindClock, observe, type MindClock } from '../core/mind-clock';
import type { LogPort } from './ports';

const RECENT = 50;
const DUE_LOOKBACK = 200;

/** Makes a mind's clock from its log. */
export class ClockLoader {
  constructor(
    private readonly log: Pick<LogPort, 'mind' | 'read'>,
    private readonly defaultIntervalMs: number,
  ) {}

  /**
   * The last tick, what happened lately, and due times to come: three indexed reads, however long the log is; none for a
   * new mind, whose first events are about to be observed. @throws AppError of event-log, `forbidden`: archived.
   */
  async load(mind: string, isNew: boolean): Promise<MindClock> {
    const info = await this.log.mind(mind);
    if (info.archivedAt !== null)
      throw new AppError('forbidden', `mind ${mind} is archived: it does not tick`);
    const clock = newMindClock(info.tickIntervalMs ?? this.defaultIntervalMs);
    if (isNew || info.head.position === 0) return clock;
    const counts = (event: MindEvent) => event.position > info.importedTo || event.kind === 'autonomy_tick';
    return (await this.latest(mind)).filter(counts).reduce(observe, clock);
  }

  private async latest(mind: string): Promise<MindEvent[]> {
    const newest = { mind, order: 'desc', purpose: 'warmup' } as const;
    const reads = await Promise.all([
      this.log.read({ ...newest, kinds: ['autonomy_tick'], limit: 1 }),
      this.log.read({ ...newest, limit: RECENT }),
      this.log.read({ ...newest, kinds: ['commitment_open'], limit: DUE_LOOKBACK }),
    ]);
    return reads.flatMap(({ events }) => events);
  }
}
