import type { NatsConnection } from 'nats';

/** What one member of a service tells about itself over the NATS service protocol. */
export interface MemberStats {
  instance: string;
  shards: number[];
  counters: Record<string, number>;
}

const WAIT_MS = 1_500;

/** All members of a service that answer in time. */
export async function membersOf(nc: NatsConnection, service: string): Promise<MemberStats[]> {
  const answers = await nc.requestMany(`$SRV.STATS.${service}`, '', { maxWait: WAIT_MS });
  const members: MemberStats[] = [];
  for await (const answer of answers)
    members.push((JSON.parse(answer.string()) as { data: MemberStats }).data);
  return members;
}

/** Sum of a member's counters whose name with labels is wanted. */
export const sumOf = ({ counters }: MemberStats, wanted: (name: string) => boolean): number =>
  Object.entries(counters).reduce((sum, [name, value]) => (wanted(name) ? sum + value : sum), 0);
