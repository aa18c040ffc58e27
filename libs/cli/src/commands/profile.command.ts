import type { CommandContext, CommandResult } from '../context';
import { table } from '../print/table';
import { profileDifference, type ServiceCost } from '../profile/profile-difference';
import { settle } from '../profile/settle';
import { EXIT } from '../shell';

/** What one requested tick costs. The counters are those of the whole system: other minds that are awake count too. */
export async function profile({ client, out }: CommandContext, mind: string): CommandResult {
  await settle(client, mind);
  const before = await client.system();
  const startedAt = performance.now();
  const tick = await client.tick(mind);
  const { head, settledAt } = await settle(client, mind);
  const after = await client.system();
  const services = profileDifference(before, after);
  const tookMs = Number((settledAt - startedAt).toFixed(1));
  out.show({ mind, ...tick, head, tookMs, services }, [
    ...costLines(services),
    `tick ${tick.tick} is #${tick.position}; everything it led to, up to #${head}, was folded everywhere after ${tookMs} ms`,
  ]);
  return EXIT.done;
}

function costLines(services: Record<string, ServiceCost>): string[] {
  const head = [
    'service',
    'reads asked',
    'from memory',
    'from Postgres',
    'batches',
    'folded',
    'appends',
    'bytes',
    'fold',
    'decide',
    'wait',
    'requests',
  ];
  const rows = Object.entries(services).map(([service, cost]) => [
    service,
    cost.readsAsked,
    cost.readsFromMemory,
    cost.readsFromPostgres,
    cost.batches,
    cost.folded,
    cost.appends,
    cost.bytes,
    ...[cost.foldMs, cost.decideMs, cost.waitMs, cost.requestMs].map((ms) => `${ms.toFixed(2)} ms`),
  ]);
  return table(head, rows);
}
