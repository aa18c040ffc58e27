import type { Span } from '#libs/contracts';
import { OwnHeartbeat } from '../../../libs/messaging/src/own-heartbeat';
import { Announcer } from '../../../services/event-log/src/app/announcer';
import { settlePlanned, type AppendJob } from '../../../services/event-log/src/app/append-job';
import { AppendLane } from '../../../services/event-log/src/app/append-lane';
import { MindCache } from '../../../services/event-log/src/app/mind-cache';
import { ShardKeeper } from '../../../services/event-log/src/app/shard-keeper';
import type { AppendPlan } from '../../../services/event-log/src/core/append-plan.core';
import type { ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import { Database, type Table } from '../world/database';
import { all, instead, type Bug } from './bug';

type Group = { jobs: AppendJob[]; plan: AppendPlan };
type Puts = { minds: Map<string, Table>; put(table: Table, event: ChainedEvent): void };

/** A database that lacks one of its unique keys. */
const withoutKey = (isTaken: (table: Table, event: ChainedEvent) => boolean) =>
  instead<Puts, [ChainedEvent], boolean>(
    Database.prototype,
    'insertOne',
    () =>
      function (event) {
        const table = this.minds.get(event.mind);
        if (!table || isTaken(table, event)) return false;
        this.put(table, event);
        return true;
      },
  );

/** The bugs of the log, of who announces it and of who owns what. */
export const logBugs: readonly Bug[] = [
  {
    name: 'acknowledged-before-commit',
    about: 'an append is acknowledged when its statement is sent',
    plant: () =>
      instead<object, [readonly Group[]], Promise<void>>(
        AppendLane.prototype,
        'write',
        (first) =>
          function (groups) {
            for (const { jobs, plan } of groups)
              jobs.forEach((job, index) => settlePlanned(job, plan.outcomes[index]));
            return first.call(this, groups);
          },
      ),
  },
  {
    name: 'ids-not-unique',
    about: 'the database has no unique key on (mind, id)',
    plant: () =>
      withoutKey(
        ({ byPosition, byPrevHash }, { position, prevHash }) =>
          byPosition.has(position) || byPrevHash.has(prevHash),
      ),
  },
  {
    name: 'positions-not-unique',
    about: 'the database has no unique keys on (mind, position) and (mind, prev_hash)',
    plant: () => withoutKey(({ byId }, { id }) => byId.has(id)),
  },
  {
    name: 'expectation-ignored',
    about: 'an append goes in wherever the head is, whatever position was expected',
    plant: () =>
      instead<object, [AppendJob, ...unknown[]], boolean>(
        AppendLane.prototype,
        'join',
        (first) =>
          function (job, ...rest) {
            return first.call(this, { ...job, expectedPosition: undefined }, ...rest);
          },
      ),
  },
  {
    name: 'announced-once',
    about: 'what no batch has shown is not announced again',
    plant: () => instead<object, [], void>(Announcer.prototype, 'sweep', () => () => undefined),
  },
  {
    name: 'batch-shows-all-before',
    about: 'found by the simulation: a batch counted as a broadcast of everything before it too',
    plant: () =>
      all([
        instead<{ waiting: Map<string, { to: number }> }, [string, number, number], void>(
          Announcer.prototype,
          'seen',
          (first) =>
            function (mind, _from, to) {
              return first.call(this, mind, 0, to);
            },
        ),
        instead<
          { waiting: Map<string, unknown>; publish(s: readonly Span[], again: boolean): void },
          [readonly Span[]],
          void
        >(
          Announcer.prototype,
          'announce',
          (first) =>
            function (spans) {
              const { publish } = this;
              this.publish = () => publish.call(this, spans, false);
              first.call(this, spans);
              this.publish = publish;
            },
        ),
      ]),
  },
  {
    name: 'database-not-looked-at',
    about: 'found by the simulation: what a second writer stored in a quiet mind was noticed by nobody',
    plant: () =>
      instead<object, [number, number], void>(ShardKeeper.prototype, 'lookAfter', () => () => undefined),
  },
  {
    name: 'head-announced-alone',
    about:
      'found by the simulation: who takes a shard announces heads only, and not what lies unread before them',
    plant: () =>
      instead<MindCache, Parameters<MindCache['newestSpans']>, Promise<Span[]>>(
        MindCache.prototype,
        'newestSpans',
        (whole) =>
          async function (this: MindCache, heads, query) {
            const spans = await whole.call(this, heads, query);
            return spans.map(({ mind, to }) => ({ mind, from: to, to }));
          },
      ),
  },
  {
    name: 'no-fence',
    about: 'a member serves on though no heartbeat of its own has come back for 4 s',
    plant: () => instead<object, [number], boolean>(OwnHeartbeat.prototype, 'isProved', () => () => true),
  },
];
