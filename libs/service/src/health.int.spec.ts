import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metrics } from '#libs/messaging';
import { serveHealth } from './health';

const metrics = new Metrics({ service: 'projection', instance: 'x' });
let server: Server;
let reason: string | null = 'joining';

beforeAll(async () => {
  server = await serveHealth({ host: '127.0.0.1', port: 0, fault: () => Promise.resolve(reason), metrics });
});
afterAll(() => server.close());

const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);

describe('health', () => {
  it('lives at once and is ready when it is', async () => {
    expect((await get('/healthz')).status).toBe(200);
    const early = await get('/readyz');
    expect([early.status, await early.json()]).toEqual([503, { ok: false, reason: 'joining' }]);
    reason = null;
    expect(await (await get('/readyz?x=1')).json()).toEqual({ ok: true });
    expect((await get('/else')).status).toBe(404);
  });

  it('shows the counters', async () => {
    metrics.repairs.inc(3);
    const reply = await get('/metrics');
    expect(reply.headers.get('content-type')).toContain('text/plain');
    expect(await reply.text()).toContain('pmm_repairs_total{service="projection",instance="x"} 3');
  });

  it('says when its port is taken', async () => {
    const { port } = server.address() as AddressInfo;
    await expect(
      serveHealth({ host: '127.0.0.1', port, fault: () => Promise.resolve(null), metrics }),
    ).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
