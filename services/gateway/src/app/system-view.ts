import { AggregatorRegistry } from 'prom-client';
import type { ReplicaReport, ServiceReport, SystemReply } from '#libs/client';
import { SERVICES, type ServiceName } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { Metrics } from '#libs/messaging';
import { NEEDED_SERVICES, type Member, type Members } from './members.port';
import { meanSeconds, secondsOf, sumCounters, totalsOf } from './system-totals';

/** The whole system as its members tell it: their counters are those of the real path. */
export class SystemView {
  constructor(
    private readonly members: Members,
    private readonly own: Metrics,
    private readonly shards: number,
  ) {}

  async report(): Promise<SystemReply> {
    const members = await this.members.stats();
    const of = (service: ServiceName) =>
      members.filter((member) => member.service === service).map(withServedShards);
    const present = SERVICES.filter((service) => of(service).length > 0);
    const sum = sumCounters(members.map(({ stats }) => stats.counters));
    return {
      nats: this.members.nats(),
      shards: this.shards,
      missing: NEEDED_SERVICES.filter((service) => !present.includes(service)),
      services: Object.fromEntries(present.map((service) => [service, reportOf(of(service))])),
      totals: totalsOf(sum),
      lagSeconds: Object.fromEntries(present.map((service) => [service, lagOf(of(service))])),
    };
  }

  /** Prometheus text of all members; each sample keeps its service and instance as labels. */
  async metrics(): Promise<{ text: string; contentType: string }> {
    const members = await this.members.stats();
    const { instance } = this.own.labels;
    const others = members
      .filter(({ stats }) => stats.instance !== instance)
      .map(({ stats }) => stats.metrics);
    const own = await this.own.registry.getMetricsAsJSON();
    const registry = AggregatorRegistry.aggregate([own, ...others]);
    return { text: await registry.metrics(), contentType: registry.contentType };
  }

  /** @throws AppError `unavailable` that says which services nobody serves */
  async ready(): Promise<void> {
    const { state } = this.members.nats();
    if (state !== 'connected') throw new AppError('unavailable', `NATS: ${state}`);
    const serving = await this.members.serving();
    const missing = NEEDED_SERVICES.filter((service) => !serving.has(service));
    if (missing.length > 0) throw new AppError('unavailable', `no serving member of ${missing.join(', ')}`);
  }
}

/** Every member of the bucket of gateways has its share of the shards, but no request of a gateway goes by shard. */
const withServedShards = (member: Member): Member =>
  member.service === 'gateway' ? { ...member, stats: { ...member.stats, shards: [] } } : member;

function reportOf(members: readonly Member[]): ServiceReport {
  return {
    replicas: members.map(({ stats }) => replicaOf(stats)).sort((a, b) => (a.instance < b.instance ? -1 : 1)),
    shardsOwned: new Set(members.flatMap(({ stats }) => stats.shards)).size,
    counters: sumCounters(members.map(({ stats }) => stats.counters)),
    seconds: secondsOf(members.map(({ stats }) => stats.metrics)),
  };
}

const replicaOf = ({ instance, startedAt, shards, counters }: Member['stats']): ReplicaReport => ({
  instance,
  startedAt,
  shards: [...shards].sort((a, b) => a - b),
  residentMinds: counters.pmm_resident_minds ?? 0,
});

const lagOf = (members: readonly Member[]): number | null =>
  meanSeconds(
    members.map(({ stats }) => stats.metrics),
    'pmm_batch_lag_seconds',
  );
