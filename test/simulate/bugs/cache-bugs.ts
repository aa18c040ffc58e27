import type { Batch, MindEvent, NewEvent } from '#libs/contracts';
import { HeadsWatch, IncrementalCache } from '#libs/messaging';
import { BatchFeed } from '../../../libs/messaging/src/cache/batch-feed';
import { Decider } from '../../../libs/messaging/src/cache/decider';
import { Folder } from '../../../libs/messaging/src/cache/folder';
import { PendingAppends } from '../../../libs/messaging/src/cache/pending-appends';
import { Repairs } from '../../../libs/messaging/src/cache/repairs';
import type { Resident } from '../../../libs/messaging/src/cache/resident';
import { SnapshotProof } from '../../../libs/messaging/src/cache/snapshot-proof';
import { StateReader, type Reading } from '../../../libs/messaging/src/cache/state-reader';
import { all, instead, renamed, type Bug } from './bug';

type State = Record<string, unknown>;
type After = (event: MindEvent) => void;
type Into = [resident: Resident<State>, events: readonly MindEvent[], path: string, after?: After];
type Evolves = { evolve(resident: Resident<State>, event: MindEvent): MindEvent | null };

/** Folds whatever comes, without a look at what was folded before. */
const foldAnything = () =>
  instead<Evolves, Into, string>(
    Folder.prototype,
    'into',
    () =>
      function (resident, events, _path, after) {
        for (const event of events) {
          const folded = this.evolve(resident, event);
          if (folded) after?.(folded);
        }
        return 'folded';
      },
  );

type Feeds = {
  parts: { folder: Folder<State>; repairs: Repairs<State> };
  fold(r: Resident<State>, b: Batch): string;
};

/** The bugs of what keeps states. */
export const cacheBugs: readonly Bug[] = [
  {
    name: 'no-watermark-check',
    about: 'a batch beyond a gap is folded without reading what lies between',
    plant: () =>
      all([
        foldAnything(),
        instead<Feeds, [Resident<State>, Batch], Promise<string>>(
          BatchFeed.prototype,
          'take',
          () =>
            function (resident, batch) {
              return Promise.resolve(batch.to <= resident.watermark ? 'old' : this.fold(resident, batch));
            },
        ),
      ]),
  },
  {
    name: 'duplicate-batch-folded',
    about: 'a batch that was folded already is folded again',
    plant: () =>
      all([
        foldAnything(),
        instead<Feeds, [Resident<State>, Batch], Promise<string>>(
          BatchFeed.prototype,
          'take',
          (first) =>
            function (resident, batch) {
              if (batch.to !== resident.watermark) return first.call(this, resident, batch);
              return Promise.resolve(this.parts.folder.into(resident, batch.events, 'batch'));
            },
        ),
      ]),
  },
  {
    name: 'snapshot-trusted',
    about: 'a snapshot is believed without asking whether the log has its hash, also one ahead of the log',
    plant: () =>
      instead<object, [Resident<State>, Reading, object], Promise<boolean>>(
        StateReader.prototype,
        'onto',
        (first) =>
          async function (resident, reading) {
            await first.call(this, resident, reading, {});
            return true;
          },
      ),
  },
  {
    name: 'decides-on-repair',
    about: 'rules decide also on what a repair or a load reads, imported events included',
    plant: () => {
      const deciders = new WeakMap<object, Decider<State>>();
      return all([
        instead<{ parts: { folder: object; decider: Decider<State> } }, [Batch], Promise<void>>(
          IncrementalCache.prototype,
          'onBatch',
          (first) =>
            function (batch) {
              deciders.set(this.parts.folder, this.parts.decider);
              return first.call(this, batch);
            },
        ),
        instead<object, Into, string>(
          Folder.prototype,
          'into',
          (first) =>
            function (resident, events, path, after) {
              const decide = (event: MindEvent) => deciders.get(this)?.decideOn(resident, event);
              const isRead = path === 'repair' || path === 'load';
              return first.call(this, resident, events, path, isRead ? decide : after);
            },
        ),
      ]);
    },
  },
  {
    name: 'random-decision-ids',
    about: "a decision's ids are chance, and a rule decides again while its append is under way",
    plant: () =>
      all([
        instead<object, [string, string], boolean>(PendingAppends.prototype, 'blocks', () => () => false),
        instead<object, [string, string, NewEvent[]], void>(
          Decider.prototype,
          'append',
          (first) =>
            function (mind, rule, events) {
              return first.call(this, mind, rule, renamed(events));
            },
        ),
      ]),
  },
  {
    name: 'no-heads-comparison',
    about: "watermarks are not compared with the log's heads: a lost last batch stays unnoticed",
    plant: () =>
      instead<object, [], Promise<void>>(HeadsWatch.prototype, 'compare', () => () => Promise.resolve()),
  },
  {
    name: 'stale-replies',
    about: 'a reply does not wait for the position that the caller has seen',
    plant: () =>
      instead<object, [string, number, number], Promise<unknown>>(
        IncrementalCache.prototype,
        'upTo',
        (first) =>
          function (mind, _position, deadlineAt) {
            return first.call(this, mind, 0, deadlineAt);
          },
      ),
  },
  {
    name: 'proof-onto-anything',
    about:
      'found by the simulation: a snapshot was proved onto a stored one of another log, and the state disproved',
    plant: () =>
      instead<{ parts: { reader: StateReader<State> } }, unknown[], Promise<boolean>>(
        SnapshotProof.prototype,
        'holds',
        (first) =>
          async function (...given) {
            const { reader } = this.parts;
            const careless = Object.create(reader) as StateReader<State>;
            careless.onto = async (resident, reading) => {
              await reader.onto(resident, reading);
              return true;
            };
            return first.apply({ parts: { ...this.parts, reader: careless } }, given);
          },
      ),
  },
];
