import type { ArchiveRequest } from '#libs/contracts';
import { ImportSession } from '../../../services/event-log/src/app/import-session';
import type { ImportTransaction } from '../../../services/event-log/src/app/import-store.port';
import { MindList } from '../../../services/event-log/src/app/mind-list';
import { MindCache } from '../../../services/event-log/src/app/mind-cache';
import { TickAnswers } from '../../../services/tick-coordinator/src/app/tick-answers';
import { TickAppender, type NewTick } from '../../../services/tick-coordinator/src/app/tick-appender';
import { Database } from '../world/database';
import { instead, type Bug } from './bug';

/** The bugs of minds that are made, filled from a file and archived, and of ticks that somebody asks for. */
export const lifeBugs: readonly Bug[] = [
  {
    name: 'archive-unguarded',
    about:
      'found by the simulation: the database takes events of an archived mind from whoever has not heard of it',
    plant: () => instead<object, [unknown], void>(Database.prototype, 'assertAwake', () => () => undefined),
  },
  {
    name: 'archive-copies-count',
    about: 'found by the simulation: a copy of a request to archive that came late archived the mind again',
    plant: () => {
      let copies = 0;
      return instead<object, [ArchiveRequest], unknown>(
        MindList.prototype,
        'archive',
        (first) =>
          function (request) {
            return first.call(this, { ...request, key: `copy-${++copies}` });
          },
      );
    },
  },
  {
    name: 'import-in-part',
    about: 'what an import that is given up has brought so far stays',
    plant: () =>
      instead<{ transaction: ImportTransaction }, [], Promise<void>>(
        ImportSession.prototype,
        'rollback',
        () =>
          function () {
            return this.transaction.commit(0);
          },
      ),
  },
  {
    name: 'imported-ticks-unknown',
    about:
      'found by the simulation: ticks that an import brought were unknown to a clock that was read before it',
    plant: () =>
      instead<object, [string, NewTick], unknown>(
        TickAppender.prototype,
        'append',
        (first) =>
          function (mind, tick) {
            return first.call(this, mind, { ...tick, expectedPosition: undefined });
          },
      ),
  },
  {
    name: 'tick-requests-forgotten',
    about: 'found by the simulation: a tick whose answer was lost was unknown to its coordinator',
    plant: () => instead<object, unknown[], unknown>(TickAnswers.prototype, 'of', () => () => undefined),
  },
  {
    name: 'new-minds-unannounced',
    about: 'found by the simulation: what others wrote to a mind that they had made was announced by nobody',
    plant: () =>
      instead<object, [unknown, { complete: boolean } | undefined, number], void>(
        MindCache.prototype,
        'hold',
        (first) =>
          function (state, shard, since) {
            const complete = shard?.complete;
            if (shard) shard.complete = false;
            first.call(this, state, shard, since);
            if (shard && complete !== undefined) shard.complete = complete;
          },
      ),
  },
];
