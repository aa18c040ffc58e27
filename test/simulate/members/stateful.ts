import { subjects, type ServiceName } from '#libs/contracts';
import type { Fold, Rule } from '#libs/kernel';
import { DecisionWriter, HeadsWatch, IncrementalCache, type CacheSettings } from '#libs/messaging';
import { FeedController } from '../../../libs/service/src/feed.controller';
import { Whys } from '../../../libs/service/src/whys';
import type { MemberContext } from './context';
import { serve } from './controllers';
import { memberOf, type Member } from './member';

export interface StatefulMember extends Member {
  cache: IncrementalCache<object>;
}

export interface Stateful<S extends object> {
  service: ServiceName;
  fold: Fold<S>;
  rules: readonly Rule<S>[];
}

export function cacheOf<S extends object>(
  context: MemberContext,
  { service, fold, rules }: Stateful<S>,
  settings: CacheSettings,
): IncrementalCache<S> {
  const { world, connection, link, logClient, metrics, clock, log: logger } = context;
  return new IncrementalCache<S>({
    ...{ service, fold, rules, settings, metrics, clock, logger, log: logClient },
    snapshots: world.shelf.reachedBy(service, connection),
    writer: new DecisionWriter(logClient, metrics, clock, logger),
    random: Math.random,
    alarm: (code, details) => link.publish(subjects.alarm(service), { code, ...details }),
  });
}

/** A member with a cache: the feed, the watch over heads, and its service's own doors. */
export function statefulMember<S extends object>(
  context: MemberContext,
  cache: IncrementalCache<S>,
  { controller, beforeShutdown }: { controller: object; beforeShutdown?: () => Promise<void> },
): StatefulMember {
  const { link, ownership, clock, log: logger, logClient, transport, service } = context;
  const anyCache = cache as unknown as IncrementalCache<object>;
  const watch = new HeadsWatch(anyCache, { log: logClient, ownership, link, clock, logger });
  const whys = new Whys<object>({ service, rules: [], explainers: {} }, anyCache, logClient);
  serve(transport, new FeedController(anyCache, service, whys));
  serve(transport, controller);
  const member = memberOf(context, {
    bootstrap: () => watch.start(),
    shutdown: async () => {
      await beforeShutdown?.();
      watch.stop();
      await cache.close();
    },
  });
  return { ...member, cache: anyCache };
}
