import {
  connect,
  credsAuthenticator,
  Events,
  headers as newHeaders,
  type NatsConnection,
  type Subscription,
  type Msg,
} from 'nats';
import { readFileSync } from 'node:fs';
import { AppError } from '#libs/kernel';
import { LIMITS } from '#libs/contracts';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string, error?: unknown): void;
}

export interface LinkOptions {
  url: string;
  /** Shown by NATS as the client's name. */
  name: string;
  /** Path of a credentials file. */
  creds?: string;
  log: Log;
}

const encoder = new TextEncoder();

/** The one NATS connection of a process. It reconnects for ever; `state` tells where it stands. */
export class Link {
  state: 'connected' | 'reconnecting' | 'closed' = 'connected';
  private readonly reconnectListeners: (() => void)[] = [];

  private constructor(
    readonly nc: NatsConnection,
    private readonly log: Log,
  ) {
    void this.watchStatus();
  }

  /** @throws AppError `unavailable` when no server answers within 30 s or its `max_payload` is under 1 MiB. */
  static async connect(options: LinkOptions): Promise<Link> {
    const nc = await connectWithin(options, 30_000);
    const limit = nc.info?.max_payload ?? 0;
    if (limit < LIMITS.serverMaxPayloadBytes) {
      await nc.close();
      throw new AppError(
        'unavailable',
        `the NATS server's max_payload is ${limit} bytes; set it to 1 MiB or more`,
      );
    }
    return new Link(nc, options.log);
  }

  onReconnect(listener: () => void): void {
    this.reconnectListeners.push(listener);
  }

  publish(subject: string, payload: unknown, headers?: Record<string, string>): void {
    this.publishText(subject, JSON.stringify(payload), headers);
  }

  publishText(subject: string, text: string, headers?: Record<string, string>): void {
    this.nc.publish(subject, encoder.encode(text), headers ? { headers: toHeaders(headers) } : undefined);
  }

  /** A plain subscription whose errors are logged. */
  subscribe(subject: string, onMessage: (message: Msg) => void): Subscription {
    return this.nc.subscribe(subject, {
      callback: (error, message) =>
        error ? this.log.error(`subscription ${subject}`, error) : onMessage(message),
    });
  }

  async close(): Promise<void> {
    this.state = 'closed';
    if (!this.nc.isClosed()) await this.nc.close();
  }

  private async watchStatus(): Promise<void> {
    for await (const status of this.nc.status()) {
      if (status.type === Events.Disconnect) {
        this.state = 'reconnecting';
        this.log.warn('lost the connection to NATS; trying again until it is back');
      } else if (status.type === Events.Reconnect) {
        this.state = 'connected';
        this.log.info('connected to NATS again');
        for (const listener of this.reconnectListeners) listener();
      } else if (status.type === Events.Error) {
        this.log.error(`NATS reports ${String(status.data)}`);
      }
    }
    this.state = 'closed';
  }
}

export function toHeaders(values: Record<string, string>) {
  const headers = newHeaders();
  for (const [key, value] of Object.entries(values)) headers.set(key, value);
  return headers;
}

async function connectWithin(options: LinkOptions, limitMs: number): Promise<NatsConnection> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    try {
      return await connect({
        servers: options.url,
        name: options.name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 200,
        reconnectJitter: 100,
        pingInterval: 10_000,
        ...(options.creds ? { authenticator: credsAuthenticator(readFileSync(options.creds)) } : {}),
      });
    } catch (cause) {
      if (performance.now() > giveUpAt) {
        throw new AppError(
          'unavailable',
          `no NATS server answers at ${redact(options.url)}; check PMM_NATS_URL`,
          {
            cause,
          },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

const redact = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@');
