import { createServer, type Server } from 'node:http';
import type { Metrics } from '#libs/messaging';

export interface HealthOptions {
  host: string;
  port: number;
  /** Why this process is not ready; null when it is. */
  fault: () => Promise<string | null>;
  metrics: Metrics;
}

/** `/healthz` (the process lives), `/readyz` (it serves), `/metrics` (Prometheus text) for probes of one process. */
export function serveHealth({ host, port, fault, metrics }: HealthOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics') {
      metrics.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    const say = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (path === '/readyz') {
      fault().then(
        (reason) => (reason === null ? say(200, { ok: true }) : say(503, { ok: false, reason })),
        () => say(500, { ok: false }),
      );
      return;
    }
    const isHealth = path === '/healthz';
    say(isHealth ? 200 : 404, { ok: isHealth });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}
