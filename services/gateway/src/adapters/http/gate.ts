import type { NextFunction, Request, Response } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '#libs/kernel';
import { isOurHost, isOurOrigin } from '../../core/host-rule';
import { ROUTES, type Route } from './routes';
import { sendError } from './send-error';

export interface GateSettings {
  allowedHosts: readonly string[];
  ownHosts: readonly string[];
  token?: string;
  mostRequests: number;
  mostStreams: number;
}

const STREAM = new RegExp(`^${ROUTES.stream.path.replace(':id', '[^/]+')}/?$`, 'i');
const OPEN_PATHS = new Set(
  Object.values<Route>(ROUTES)
    .filter(({ open }) => open)
    .map(({ path }) => path),
);

/** What every request must pass before its route is looked for: host, token, and a free place. */
export class Gate {
  private readonly requests = new Set<Response>();
  private readonly streams = new Set<Response>();
  private readonly token: Buffer | null;
  private closing = false;

  constructor(private readonly settings: GateSettings) {
    this.token = settings.token === undefined ? null : digest(settings.token);
  }

  readonly enter = (request: Request, response: Response, next: NextFunction): void => {
    const refusal = this.closing
      ? stopping()
      : (this.refuseHost(request) ?? this.refuseToken(request) ?? refuseHead(request));
    if (refusal) return sendError(request, response, refusal);
    const [places, most] = STREAM.test(request.path)
      ? [this.streams, this.settings.mostStreams]
      : [this.requests, this.settings.mostRequests];
    if (places.size >= most)
      return sendError(request, response, new AppError('busy', `${most} requests are in flight; try again`));
    places.add(response);
    response.once('close', () => places.delete(response));
    next();
  };

  /** Ends the streams at once, and after `graceMs` whatever else is still open, with an answer where one is possible. */
  async close(graceMs: number): Promise<void> {
    this.closing = true;
    this.streams.forEach((response) => response.end());
    const giveUpAt = performance.now() + graceMs;
    while (this.requests.size > 0 && performance.now() < giveUpAt) await pause(50);
    for (const response of this.requests) sendError(response.req, response, stopping());
  }

  /** A page of another site has another `Origin`, and a name that points here by a trick has another `Host`. */
  private refuseHost(request: Request): AppError | null {
    const { allowedHosts, ownHosts } = this.settings;
    const port = request.socket.localPort ?? 0;
    const { host, origin } = request.headers;
    if (!isOurHost(host, allowedHosts, port, ownHosts))
      return new AppError('forbidden', 'Host: is not one of ours; see PMM_HTTP_ALLOWED_HOSTS');
    return isOurOrigin(origin, allowedHosts, port, ownHosts)
      ? null
      : new AppError('forbidden', 'Origin: pages of other sites may not ask');
  }

  private refuseToken(request: Request): AppError | null {
    if (this.token === null || isOpen(request)) return null;
    const [, given] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (given !== undefined && timingSafeEqual(digest(given), this.token)) return null;
    return new AppError('unauthorized', 'Authorization: Bearer with the token of PMM_API_TOKEN is needed');
  }
}

const isOpen = ({ path }: Request): boolean => OPEN_PATHS.has(path) || /^\/docs(\/|$)/.test(path);

/** Express would run the whole of a GET for it, streams included. */
const refuseHead = (request: Request): AppError | null =>
  request.method === 'HEAD' && !isOpen(request) ? new AppError('not_found', 'HEAD is not served here') : null;

/** Digests have one length, so that comparing takes the same time for every guess. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const stopping = () => new AppError('unavailable', 'this gateway is stopping; try again');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
