import { LRUCache } from 'lru-cache';
import { Slots } from '../slots';
import { Alarms } from './alarms';
import { BatchFeed } from './batch-feed';
import type { CacheOptions } from './cache-options';
import { Decider } from './decider';
import { Folder } from './folder';
import { LeftMinds } from './left-minds';
import { MindLoader } from './mind-loader';
import { PastStates } from './past-states';
import { PendingAppends } from './pending-appends';
import { Preparation } from './preparation';
import { Repairs } from './repairs';
import { wake, type Resident } from './resident';
import { SnapshotKeeper } from './snapshot-keeper';
import { SnapshotProof } from './snapshot-proof';
import { StateReader } from './state-reader';

const MAX_LOADS = 16;
const MAX_WAITING_LOADS = 20_000;
/** Of so many times the resident minds it is remembered how far they were folded when they were thrown out. */
const REMEMBERED_MINDS = 4;

/** What an incremental cache is made of. */
export interface CacheParts<S extends object> {
  minds: LRUCache<string, Resident<S>>;
  folder: Folder<S>;
  decider: Decider<S>;
  feed: BatchFeed<S>;
  loader: MindLoader<S>;
  repairs: Repairs<S>;
  past: PastStates<S>;
  snapshots: SnapshotKeeper<S>;
  preparation: Preparation<S>;
}

/** Puts the parts of a cache together. */
export function buildCache<S extends object>(options: CacheOptions<S>): CacheParts<S> {
  const { fold, log, logger, metrics, settings } = options;
  const left = new LeftMinds(settings.residentMinds * REMEMBERED_MINDS);
  const minds = new LRUCache<string, Resident<S>>({
    max: settings.residentMinds,
    dispose: (resident) => {
      if (resident.lost) left.forget(resident.mind);
      else left.left(resident.mind, resident.watermark);
      wake(resident);
    },
  });
  const alarms = new Alarms(metrics, logger, options.alarm);
  const pending = new PendingAppends(settings.residentMinds);
  const folder = new Folder(fold, alarms, metrics, ({ mind }) => minds.delete(mind));
  const reader = new StateReader({ fold, folder, log, logger });
  const snapshots = snapshotsOf(options, folder, reader);
  const slots = new Slots(MAX_LOADS, MAX_WAITING_LOADS);
  const onFolded = (resident: Resident<S>) => snapshots.storeWhenDue(resident);
  const onLoaded = (resident: Resident<S>) => {
    minds.set(resident.mind, resident);
    onFolded(resident);
  };
  const loader = new MindLoader({ reader, snapshots, slots, metrics, onLoaded });
  const repairs = new Repairs(reader, metrics, onFolded);
  const watermarkOf = (mind: string) => minds.peek(mind)?.watermark ?? 0;
  const decider = new Decider({
    ...options,
    alarms,
    pending,
    watermarkOf,
  });
  const feed = new BatchFeed({ folder, decider, loader, repairs, pending, left, onFolded });
  return {
    minds,
    folder,
    decider,
    feed,
    loader,
    repairs,
    snapshots,
    past: new PastStates(reader, snapshots, slots),
    preparation: new Preparation({ ...options, store: options.snapshots, reader, snapshots, slots }),
  };
}

function snapshotsOf<S extends object>(
  { fold, snapshots: store, settings, random, metrics, logger }: CacheOptions<S>,
  folder: Folder<S>,
  reader: StateReader<S>,
): SnapshotKeeper<S> {
  const proof = new SnapshotProof({ fold, folder, reader, store, metrics });
  return new SnapshotKeeper({ fold, store, settings, random, proof, logger });
}
