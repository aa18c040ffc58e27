import type { Response } from 'express';

const HEARTBEAT_MS = 15_000;
/** What may lie here unsent before a reader that does not read loses its connection. */
const UNSENT_BYTES = 4 * 1024 * 1024;
const STALLED_MS = 30_000;

interface ServerSentEvent {
  event?: string;
  id?: number;
  data: unknown;
}

/** An answer of server-sent events. It ends by itself when the reader goes away or stops reading. */
export class EventStream {
  private readonly gone = new AbortController();
  private readonly heartbeat?: NodeJS.Timeout;

  constructor(
    private readonly response: Response,
    heartbeatMs = HEARTBEAT_MS,
  ) {
    // The reader left while the stream was made ready: its end was told before anybody listened.
    if (response.destroyed) {
      this.gone.abort();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    response.write(': open\n\n');
    this.heartbeat = setInterval(() => this.write(': alive\n\n'), heartbeatMs);
    response.once('close', () => {
      clearInterval(this.heartbeat);
      this.gone.abort();
    });
  }

  /** Fires when nobody reads any more. */
  get closed(): AbortSignal {
    return this.gone.signal;
  }

  send({ event, id, data }: ServerSentEvent): void {
    const lines = [
      ...(event === undefined ? [] : [`event: ${event}`]),
      ...(id === undefined ? [] : [`id: ${id}`]),
      `data: ${JSON.stringify(data)}`,
    ];
    this.write(`${lines.join('\n')}\n\n`);
  }

  /** A reader that comes back before anything was sent names this position. */
  begin(id: number): void {
    this.write(`id: ${id}\n\n`);
  }

  /** Resolves when the reader has taken most of what was sent, or is gone. */
  async room(): Promise<void> {
    if (this.closed.aborted || !this.response.writableNeedDrain) return;
    const { response } = this;
    const timer = setTimeout(() => response.destroy(), STALLED_MS);
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.once('drain', done).once('close', done);
    });
    clearTimeout(timer);
  }

  end(): void {
    clearInterval(this.heartbeat);
    if (!this.closed.aborted) this.response.end();
  }

  private write(text: string): void {
    if (this.closed.aborted || this.response.writableEnded) return;
    this.response.write(text);
    if (this.response.writableLength > UNSENT_BYTES) this.response.destroy();
  }
}
