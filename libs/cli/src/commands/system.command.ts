import type { SystemReply } from '#libs/client';
import type { CommandContext, CommandResult } from '../context';
import { rangesOf } from '../print/ranges';
import { table } from '../print/table';
import { EXIT } from '../shell';

/** The services, their members, which shards each of them owns, and what they have counted. */
export async function system({ client, out }: CommandContext): CommandResult {
  const report = await client.system();
  out.show(report, [...serviceLines(report), '', ...replicaLines(report), '', ...totalLines(report)]);
  return EXIT.done;
}

function serviceLines({ services, missing, shards, lagSeconds }: SystemReply): string[] {
  const rows = Object.entries(services).map(([service, { replicas, shardsOwned }]) => [
    service,
    replicas.length,
    service === 'gateway' ? undefined : `${shardsOwned}/${shards}`,
    replicas.reduce((sum, { residentMinds }) => sum + residentMinds, 0),
    lagOf(lagSeconds[service]),
  ]);
  const absent = missing.map((service) => [service, 0, `0/${shards}`, 0, 'no answer']);
  return table(['service', 'members', 'shards', 'minds', 'lag'], [...rows, ...absent]);
}

/** A shard in the rows of two replicas is on its way from one to the other; gateways own none. */
function replicaLines({ services }: SystemReply): string[] {
  const rows = Object.entries(services).flatMap(([service, { replicas }]) =>
    replicas.map(({ instance, shards, startedAt }) => [
      service,
      instance,
      startedAt,
      ...(service === 'gateway' ? [undefined, undefined] : [shards.length, rangesOf(shards)]),
    ]),
  );
  return table(['member of', 'instance', 'started', 'owns', 'shards'], rows);
}

const lagOf = (seconds: number | null | undefined): string | undefined =>
  seconds === null || seconds === undefined ? undefined : `${(seconds * 1000).toFixed(1)} ms`;

function totalLines({ totals, nats }: SystemReply): string[] {
  const { reads } = totals;
  const purposes = Object.entries(reads.byPurpose).map(([purpose, count]) => `${purpose} ${count}`);
  const batches = Object.entries(totals.batches).map(([result, count]) => `${result} ${count}`);
  return [
    `NATS        ${nats.state}, version ${nats.version ?? 'unknown'}`,
    `log reads   ${reads.memory} from memory, ${reads.postgres} from Postgres (${purposes.join(', ') || 'none'})`,
    `appends     ${totals.appends}, ${totals.appendedEvents} events`,
    `broadcasts  ${totals.broadcasts}`,
    `batches     ${batches.join(', ') || 'none'}`,
    `folded      ${totals.folded} events, ${totals.repairs} repairs, ${totals.rebuilds} rebuilds`,
    `ticks       ${totals.ticks}`,
    `alarms      ${totals.alarms}`,
  ];
}
