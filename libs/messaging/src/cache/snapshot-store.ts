import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { hashSchema, LIMITS, positionSchema, SNAPSHOT_BUCKET, type ServiceName } from '#libs/contracts';
import { Bucket } from '../bucket';
import type { Link, Log } from '../link';
import type { Metrics } from '../metrics';

const zip = promisify(gzip);
const unzip = promisify(gunzip);
/** A state that unpacks to more than this is not one of ours. */
const MAX_UNZIPPED = 64 * 1024 * 1024;

const snapshotSchema = z.object({
  mind: z.string(),
  foldVersion: z.number().int(),
  watermark: positionSchema,
  headHash: hashSchema,
  digest: hashSchema,
  state: z.string(),
});

/** Stored state at a watermark; only a cache. `state` is the text of `encodeState`. */
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Snapshots of one service in a key-value bucket, gzipped. One that is too large or can't be read is as if absent. */
export class SnapshotStore {
  private readonly bucket: Bucket;

  constructor(
    service: ServiceName,
    link: Pick<Link, 'nc'>,
    private readonly metrics: Metrics,
    private readonly log: Log,
  ) {
    this.bucket = new Bucket(link, SNAPSHOT_BUCKET(service), {}, log);
  }

  async get(mind: string): Promise<Snapshot | null> {
    const stored = await this.bucket.get(mind);
    if (!stored || stored.length === 0) return null;
    try {
      const text = (await unzip(stored, { maxOutputLength: MAX_UNZIPPED })).toString();
      return snapshotSchema.parse(JSON.parse(text));
    } catch (error) {
      this.log.warn(`the snapshot of ${mind} can't be read and is not used: ${String(error)}`);
      return null;
    }
  }

  /** True when it is stored. */
  async put(snapshot: Snapshot): Promise<boolean> {
    const bytes = await zip(JSON.stringify(snapshot), { level: 1 });
    if (bytes.length > LIMITS.messageBytes) {
      this.metrics.snapshots.inc({ result: 'too_large' });
      return false;
    }
    const stored = await this.bucket.put(snapshot.mind, bytes);
    this.metrics.snapshots.inc({ result: stored ? 'stored' : 'failed' });
    return stored;
  }
}
