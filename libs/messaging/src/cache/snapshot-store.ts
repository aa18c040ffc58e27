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

const KEY = /^(?:(\d+)\.)?([^.]+)$/;
/** Before fold versions were part of the key, it was the mind's id alone. */
const UNVERSIONED = 0;

const keyOf = (version: number, mind: string): string =>
  version === UNVERSIONED ? mind : `${version}.${mind}`;

export interface SnapshotStoreOptions {
  service: ServiceName;
  foldVersion: number;
  link: Pick<Link, 'nc'>;
  metrics: Metrics;
  log: Log;
}

/**
 * Snapshots of one service and one fold version in a key-value bucket, gzipped, beside those of other versions. One that is
 * too large or can't be read is as if absent.
 */
export class SnapshotStore {
  private readonly bucket: Bucket;

  constructor(private readonly options: SnapshotStoreOptions) {
    const { service, link, log } = options;
    this.bucket = new Bucket(link, SNAPSHOT_BUCKET(service), {}, log);
  }

  async get(mind: string): Promise<Snapshot | null> {
    const stored = await this.bucket.get(this.key(mind));
    if (!stored || stored.length === 0) return null;
    try {
      const text = (await unzip(stored, { maxOutputLength: MAX_UNZIPPED })).toString();
      return snapshotSchema.parse(JSON.parse(text));
    } catch (error) {
      this.options.log.warn(`the snapshot of ${mind} can't be read and is not used: ${String(error)}`);
      return null;
    }
  }

  /** True when it is stored. */
  async put(snapshot: Snapshot): Promise<boolean> {
    const bytes = await zip(JSON.stringify(snapshot), { level: 1 });
    if (bytes.length > LIMITS.messageBytes) {
      this.options.metrics.snapshots.inc({ result: 'too_large' });
      return false;
    }
    const stored = await this.bucket.put(this.key(snapshot.mind), bytes);
    this.options.metrics.snapshots.inc({ result: stored ? 'stored' : 'failed' });
    return stored;
  }

  /** The minds of which there are snapshots of other fold versions and none of ours. */
  async behind(): Promise<string[]> {
    const stored = await this.stored();
    const ours = new Set(stored.get(this.options.foldVersion));
    return [...new Set([...stored.values()].flat())].filter((mind) => !ours.has(mind));
  }

  /**
   * Keeps our fold version and the one of the others that was written last, to which or from which one may be on the way,
   * and drops the rest.
   */
  async dropOld(): Promise<void> {
    const others = [...(await this.stored()).keys()].filter(
      (version) => version !== this.options.foldVersion,
    );
    if (others.length < 2) return;
    const writes = await Promise.all(others.map((version) => this.bucket.lastWrite(keyOf(version, '*'))));
    if (writes.some((write) => write === null)) return;
    const last = writes.indexOf(Math.max(...writes.map(Number)));
    const old = others.filter((_, n) => n !== last);
    for (const version of old) await this.bucket.drop(keyOf(version, '*'));
  }

  private key(mind: string): string {
    return keyOf(this.options.foldVersion, mind);
  }

  /** The minds with a snapshot, by fold version. */
  private async stored(): Promise<Map<number, string[]>> {
    const minds = new Map<number, string[]>();
    for (const key of (await this.bucket.keys()) ?? []) {
      const [, version, mind] = KEY.exec(key) ?? [];
      if (mind === undefined) continue;
      const known = minds.get(Number(version ?? UNVERSIONED)) ?? [];
      minds.set(Number(version ?? UNVERSIONED), known);
      known.push(mind);
    }
    return minds;
  }
}
