import { NatsError, StorageType, type KV, type KvOptions } from 'nats';
import type { Link, Log } from './link';

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
      .jetstream({ timeout: 3_000 })
      .views.kv(this.name, { storage: StorageType.File, history: 1, ...this.options });
    return this.kv;
  }
}
