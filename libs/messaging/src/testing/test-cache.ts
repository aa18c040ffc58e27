import type { NewEvent } from '#libs/contracts';
import { digestOf, foldAll, systemClock } from '#libs/kernel';
import type { CacheOptions, CacheSettings } from '../cache/cache-options';
import type { WriteResult } from '../cache/decision-writer';
import { IncrementalCache } from '../cache/incremental-cache';
import type { Snapshot } from '../cache/snapshot-store';
import { Metrics } from '../metrics';
import { answer, doDuty, testFold, type TestState } from './test-fold';
import { TestLog } from './test-log';

export interface Write {
  mind: string;
  rule: string;
  events: NewEvent[];
}

/** Snapshots in memory. */
export class TestSnapshots {
  readonly stored = new Map<string, Snapshot>();
  readonly puts: Snapshot[] = [];
  /** Minds of which the store says that only snapshots of other versions are there. */
  readonly others: string[] = [];
  droppedOld = 0;
  beforePut: () => Promise<void> | void = () => undefined;

  get(mind: string): Promise<Snapshot | null> {
    return Promise.resolve(this.stored.get(mind) ?? null);
  }

  async put(snapshot: Snapshot): Promise<boolean> {
    await this.beforePut();
    this.puts.push(snapshot);
    this.stored.set(snapshot.mind, snapshot);
    return true;
  }

  behind(): Promise<string[]> {
    return Promise.resolve([...this.others]);
  }

  dropOld(): Promise<void> {
    this.droppedOld += 1;
    return Promise.resolve();
  }
}

/** Takes decisions; by default they are "in the log" at once and cost nobody any waiting. */
export class TestWriter {
  readonly writes: Write[] = [];
  respond: (write: Write) => WriteResult | Promise<WriteResult> = () => ({ done: true, until: 0 });

  write(mind: string, rule: string, events: NewEvent[]): Promise<WriteResult> {
    const write = { mind, rule, events };
    this.writes.push(write);
    return Promise.resolve().then(() => this.respond(write));
  }

  idle(): Promise<void> {
    return Promise.resolve();
  }
}

export interface Alarm {
  code: string;
  details: Record<string, unknown>;
}

export class TestBed {
  readonly log = new TestLog();
  readonly snapshots = new TestSnapshots();
  readonly writer = new TestWriter();
  readonly alarms: Alarm[] = [];
  readonly logged: string[] = [];
  readonly metrics = new Metrics({ service: 'projection', instance: 'test' });

  /** A cache over the fakes; several of them share the log and the snapshots, like members of a service. */
  cache(settings: Partial<CacheSettings> = {}, more: Partial<CacheOptions<TestState>> = {}) {
    return new IncrementalCache<TestState>({
      service: 'projection',
      fold: testFold,
      rules: [doDuty, answer],
      log: this.log,
      snapshots: this.snapshots,
      writer: this.writer,
      settings: { snapshotEvery: 1_000_000, verifySample: 0, residentMinds: 100, ...settings },
      metrics: this.metrics,
      clock: systemClock,
      logger: {
        info: () => undefined,
        warn: (message) => this.logged.push(message),
        error: (message) => this.logged.push(message),
      },
      random: () => 0.5,
      alarm: (code, details) => this.alarms.push({ code, details }),
      ...more,
    });
  }

  /** What folding the whole log, or its first events, gives. */
  wholeDigest(mind: string, to = Infinity): string {
    return digestOf(testFold, foldAll(testFold, this.log.events(mind).slice(0, to)));
  }

  async counter(name: string): Promise<number> {
    return (await this.metrics.counters())[name] ?? 0;
  }
}

/** In so many milliseconds. */
export const soon = (ms = 5_000): number => Date.now() + ms;

/** Lets everything run that waits for nothing but its turn. */
export async function settled(rounds = 10): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise(setImmediate);
}

/** A promise and its key. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
