import {
  connect,
  credsAuthenticator,
  Events,
  headers as newHeaders,
  type ConnectionOptions,
  type NatsConnection,
  type Subscription,
  type Msg,
} from 'nats';
import { readFileSync } from 'node:fs';
import { AppError } from '#libs/kernel';
import { LIMITS } from '#libs/contracts';
import { Outbox } from './outbox';

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
  /** How long to look for a server at the start; 30 s by default. */
  patienceMs?: number;
  log: Log;
}

const PATIENCE_MS = 30_000;
const encoder = new TextEncoder();

/** The one NATS connection of a process. It reconnects for ever; `state` tells where it stands. */
export class Link {
  state: 'connected' | 'reconnecting' | 'closed' = 'connected';
  readonly outbox = new Outbox((error) => this.log.error('a message could not be sent', error));
  private readonly reconnectListeners: (() => void)[] = [];

  private constructor(
    readonly nc: NatsConnection,
    private readonly log: Log,
  ) {
    void this.watchStatus();
  }

  /** @throws AppError `unavailable` when no server lets us in within `patienceMs` or its `max_payload` is under 1 MiB. */
  static async connect(options: LinkOptions): Promise<Link> {
    const nc = await connectWithin(options);
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
    const payload = encoder.encode(text);
    const options = headers ? { headers: toHeaders(headers) } : undefined;
    this.outbox.add(() => this.nc.publish(subject, payload, options));
  }

  /** A plain subscription. Its errors and those of `onMessage` are logged: thrown ones would cost the connection. */
  subscribe(subject: string, onMessage: (message: Msg) => void): Subscription {
    const callback = (error: Error | null, message: Msg) => {
      try {
        if (error) throw error;
        onMessage(message);
      } catch (failure) {
        this.log.error(`subscription ${subject}`, failure);
      }
    };
    return this.nc.subscribe(subject, { callback });
  }

  async close(): Promise<void> {
    this.outbox.flush();
    this.state = 'closed';
    // What was sent just now leaves in a microtask.
    await Promise.resolve();
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

async function connectWithin(options: LinkOptions): Promise<NatsConnection> {
  const giveUpAt = performance.now() + (options.patienceMs ?? PATIENCE_MS);
  const settings = connectionOptions(options);
  for (;;) {
    try {
      return await connect(settings);
    } catch (cause) {
      if (cause instanceof TypeError || performance.now() > giveUpAt) {
        const reason = `no NATS server lets us in at ${redact(options.url)} (${(cause as Error).message})`;
        throw new AppError('unavailable', `${reason}; check PMM_NATS_URL and PMM_NATS_CREDS`, { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** It reconnects for ever, also when the server refuses it for a while, e.g. because its users are being reloaded. */
function connectionOptions({ url, name, creds }: LinkOptions): ConnectionOptions {
  return {
    servers: url,
    name,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 200,
    reconnectJitter: 100,
    pingInterval: 10_000,
    // A stack trace for each request, should it fail, took a tenth of a busy coordinator's time.
    noAsyncTraces: true,
    ...(creds ? { authenticator: credsAuthenticator(readCredentials(creds)) } : {}),
  };
}

function readCredentials(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AppError('unavailable', `the credentials file ${path} can't be read; check PMM_NATS_CREDS`, {
      cause,
    });
  }
}

const redact = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@');
