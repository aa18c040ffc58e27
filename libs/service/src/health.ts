import { createServer, type Server } from 'node:http';
import type { Metrics } from '#libs/messaging';

export interface HealthOptions {
  host: string;
  port: number;
  ready: () => boolean;
  metrics: Metrics;
}

/** `/healthz` (the process lives), `/readyz` (it serves), `/metrics` (Prometheus text) for probes of one process. */
export function serveHealth({ host, port, ready, metrics }: HealthOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics') {
      metrics.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    const status = path === '/healthz' ? 200 : path === '/readyz' ? (ready() ? 200 : 503) : 404;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ok: status === 200 }));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
