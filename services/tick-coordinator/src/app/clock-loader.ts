import type { MindEvent, ReadRequest } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { LogPort } from './ports';

/** So many may be asked for in the time in which a request is sent again: 10 a second in 20 s. */
const TICKS = 200;
const RECENT = 50;
const DUE_LOOKBACK = 200;

/** What a log tells of its mind's clock. */
export interface LatestEvents {
  intervalMs: number;
  isEmpty: boolean;
  importedTo: number;
  /** The last tick, what happened lately, and commitments that may fall due; not what was imported, but for its ticks. */
  events: MindEvent[];
}

/** Reads from a log what its mind's clock is made of. */
export class ClockLoader {
  constructor(
    private readonly log: Pick<LogPort, 'mind' | 'read'>,
    private readonly defaultIntervalMs: number,
  ) {}

  /**
   * Three indexed reads, however long the log is; none for a new mind, whose first events are about to be observed.
   * @throws AppError of event-log, `forbidden`: archived.
   */
  async load(mind: string, isNew: boolean): Promise<LatestEvents> {
    const info = await this.log.mind(mind);
    if (info.archivedAt !== null)
      throw new AppError('forbidden', `mind ${mind} is archived: it does not tick`);
    const isEmpty = info.head.position === 0;
    const intervalMs = info.tickIntervalMs ?? this.defaultIntervalMs;
    const latest = isNew || isEmpty ? [] : await this.latest(mind);
    const counts = (event: MindEvent) => event.position > info.importedTo || event.kind === 'autonomy_tick';
    return { intervalMs, isEmpty, importedTo: info.importedTo, events: latest.filter(counts) };
  }

  /** The newest ticks. @throws AppError of event-log. */
  ticks(mind: string): Promise<MindEvent[]> {
    return this.newest(mind, { kinds: ['autonomy_tick'], limit: TICKS });
  }

  private async latest(mind: string): Promise<MindEvent[]> {
    const reads = await Promise.all([
      this.newest(mind, { kinds: ['autonomy_tick'], limit: 1 }),
      this.newest(mind, { limit: RECENT }),
      this.newest(mind, { kinds: ['commitment_open'], limit: DUE_LOOKBACK }),
    ]);
    return reads.flat();
  }

  private async newest(mind: string, which: Pick<ReadRequest, 'kinds' | 'limit'>): Promise<MindEvent[]> {
    return (await this.log.read({ mind, order: 'desc', purpose: 'warmup', ...which })).events;
  }
}
