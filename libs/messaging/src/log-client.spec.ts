import { AppError } from '#libs/kernel';
import { LogClient } from './log-client';
import { Metrics } from './metrics';
import type { Requests } from './requests';

function clientOf(answer: () => Promise<unknown>) {
  const metrics = new Metrics({ service: 'projection', instance: 'test' });
  const requests = { shards: 4, ask: answer, askShard: answer } as unknown as Requests;
  const timed = async (name: string) => {
    const [metric] = (await metrics.registry.getMetricsAsJSON()).filter((one) => one.name === name);
    const values = (metric?.values ?? []) as { metricName?: string; value: number }[];
    return values.find(({ metricName }) => metricName === `${name}_count`)?.value ?? 0;
  };
  return { client: new LogClient(requests, metrics), counters: () => metrics.counters(), timed };
}

const append = { mind: 'a', events: [] };

it('counts and times the reads that this process asked for, by purpose', async () => {
  const { client, counters, timed } = clientOf(() => Promise.resolve({}));
  await client.read({ mind: 'a', purpose: 'repair' });
  await client.gather(1, { ranges: [{ mind: 'a', after: 0 }], purpose: 'broadcast' });
  expect(await counters()).toMatchObject({
    'pmm_log_reads_asked_total{purpose="repair"}': 1,
    'pmm_log_reads_asked_total{purpose="broadcast"}': 1,
  });
  expect(await timed('pmm_log_read_seconds')).toBe(1);
});

it('counts and times appends, also those that fail', async () => {
  const { client, counters, timed } = clientOf(() => Promise.reject(new AppError('busy', 'not now')));
  await expect(client.append(append)).rejects.toThrow('not now');
  expect(await counters()).toMatchObject({ pmm_appends_asked_total: 1 });
  expect(await timed('pmm_append_seconds')).toBe(1);
});
