import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Metrics } from '#libs/messaging';

/** Counts requests and their time by the path of their route, never by the path that a client made up. */
export function countRequests(metrics: Metrics): RequestHandler {
  const requests = metrics.counter('pmm_http_requests_total', 'HTTP requests', ['method', 'route', 'status']);
  const seconds = metrics.histogram('pmm_http_request_seconds', 'Time to the end of the answer', ['route']);
  return (request: Request, response: Response, next: NextFunction) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const { path } = (request.route as { path?: string } | undefined) ?? {};
      const route = path ?? 'none';
      const method = ['GET', 'POST'].includes(request.method) ? request.method : 'other';
      requests.inc({ method, route, status: String(response.statusCode) });
      seconds.observe({ route }, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}
