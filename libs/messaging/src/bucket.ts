import { NatsError, StorageType, type KV, type KvOptions, type StreamAPI } from 'nats';
import type { Link, Log } from './link';

const TIMEOUT_MS = 3_000;

/**
 * A key-value bucket that may vanish at any time, for NATS is a carrier and never the truth. A failed operation counts
 * as "unknown": the bucket is created again in passing and the caller goes on without.
 */
export class Bucket {
  private kv: Promise<KV> | null = null;

  constructor(
    private readonly link: Pick<Link, 'nc'>,
    private readonly name: string,
    private readonly options: Partial<KvOptions>,
    private readonly log: Log,
  ) {}

  /** Makes the bucket when it is not there. True when it is there now. */
  async ensure(): Promise<boolean> {
    return (await this.attempt('status', async (kv) => kv.status())) !== null;
  }

  /** The value, or null when there is none or nobody can tell. */
  async get(key: string): Promise<Uint8Array | null> {
    const entry = await this.attempt('get', (kv) => kv.get(key));
    return entry && entry.operation === 'PUT' ? entry.value : null;
  }

  /** True when the server has acknowledged the value. */
  async put(key: string, value: Uint8Array): Promise<boolean> {
    return (await this.attempt('put', (kv) => kv.put(key, value))) !== null;
  }

  /**
   * The keys that there are, or null when nobody can tell. Asked of the stream: a consumer, as `KV.keys` makes one, waits
   * for ever after the store was wiped.
   */
  async keys(): Promise<string[] | null> {
    const info = await this.attemptOnStream('keys', (streams) =>
      streams.info(this.stream, { subjects_filter: this.subject('>') }),
    );
    if (!info) return null;
    return Object.keys(info.state.subjects ?? {}).map((subject) => subject.slice(this.subject('').length));
  }

  /** When a key that matches was last written, as a number that grows with each write to the bucket; null: nobody can tell. */
  async lastWrite(pattern: string): Promise<number | null> {
    const query = { last_by_subj: this.subject(pattern) };
    const message = await this.attemptOnStream('last write', (streams) =>
      streams.getMessage(this.stream, query),
    );
    return message?.seq ?? null;
  }

  /** Drops the keys that match. */
  async drop(pattern: string): Promise<void> {
    const filter = this.subject(pattern);
    await this.attemptOnStream('drop', (streams) => streams.purge(this.stream, { filter }));
  }

  private get stream(): string {
    return `KV_${this.name}`;
  }

  private subject(key: string): string {
    return `$KV.${this.name}.${key}`;
  }

  private attemptOnStream<T>(what: string, work: (streams: StreamAPI) => Promise<T>): Promise<T | null> {
    return this.attempt(what, async () => {
      const { streams } = await this.link.nc.jetstreamManager({ timeout: TIMEOUT_MS });
      return work(streams);
    });
  }

  private async attempt<T>(what: string, work: (kv: KV) => Promise<T>): Promise<T | null> {
    for (let round = 0; round < 2; round++) {
      try {
        return await work(await this.open());
      } catch (error) {
        if (!(error instanceof NatsError)) throw error;
        this.kv = null;
        this.log.warn(`bucket ${this.name}: ${what} failed (${error.code}); it will be created again`);
      }
    }
    return null;
  }

  private open(): Promise<KV> {
    this.kv ??= this.link.nc
      .jetstream({ timeout: TIMEOUT_MS })
      .views.kv(this.name, { storage: StorageType.File, history: 1, ...this.options });
    return this.kv;
  }
}
