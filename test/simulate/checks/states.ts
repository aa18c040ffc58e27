import { shardOf } from '#libs/contracts';
import { digestOf, foldAll } from '#libs/kernel';
import { SERVICE_FOLDS, type StatefulService } from '#libs/mind';
import type { Fleet } from '../load/fleet';
import type { History } from '../load/history';
import { SHARDS, type World } from '../world/world';
import type { Log } from './logs';

/** The true digests of a log's states, made by folding it from position 1. */
export class Truth {
  private readonly digests = new Map<string, string>();

  constructor(readonly log: Log) {}

  digest(service: StatefulService, position: number): string {
    const key = `${service} ${position}`;
    const known = this.digests.get(key);
    if (known !== undefined) return known;
    const fold = SERVICE_FOLDS[service];
    const digest = digestOf(fold, foldAll(fold, this.log.copyOfEvents(position)));
    this.digests.set(key, digest);
    return digest;
  }
}

/** No reply was older than asked for, and each told a state that the log comes to at its watermark. */
export function checkSeen(world: World, truth: Truth, history: History): void {
  const { mind, events } = truth.log;
  for (const { service, minPosition, watermark, digest } of history.seen.filter((s) => s.mind === mind)) {
    const what = `${service} of ${mind} at ${watermark}`;
    if (watermark < minPosition)
      world.violated('a reply is not older than asked for', `${what} < ${minPosition}`);
    if (watermark > events.length) world.violated('a reply tells what is in the log', what);
    else if (truth.digest(service, watermark) !== digest)
      world.violated('a state is the fold of the log', what);
  }
}

/** What every cache holds now, of the shards that it owns. */
export function checkCaches(world: World, fleet: Fleet, truths: readonly Truth[]): void {
  const byMind = new Map(truths.map((truth) => [truth.log.mind, truth]));
  for (const { cache, context } of fleet.members) {
    if (!cache) continue;
    const service = context.service as StatefulService;
    for (const resident of cache.residents()) {
      const truth = byMind.get(resident.mind);
      if (!truth || !context.ownership.owns(shardOf(resident.mind, SHARDS))) continue;
      const what = `${context.process.name} has ${resident.mind} at ${resident.watermark} of ${truth.log.rows.length}`;
      if (resident.watermark !== truth.log.rows.length) world.violated('a cache keeps up with the log', what);
      else if (digestIn(resident, service) !== truth.digest(service, resident.watermark))
        world.violated('a state is the fold of the log', what);
    }
  }
}

const digestIn = (resident: object, service: StatefulService): string =>
  digestOf(SERVICE_FOLDS[service], (resident as { state: Record<string, unknown> }).state);

/** Each shard of each service has one owner. */
export function checkOwners(world: World, fleet: Fleet): void {
  for (const service of new Set(fleet.places.map((place) => place.service)))
    for (let shard = 0; shard < SHARDS; shard++) {
      const owners = fleet.members
        .filter(({ context }) => context.service === service)
        .filter(({ context: { ownership } }) => ownership.owns(shard) && ownership.alive());
      if (owners.length !== 1)
        world.violated('a shard has one owner', `${service} ${shard}: ${owners.length}`);
    }
}
