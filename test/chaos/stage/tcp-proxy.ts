import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  client: Socket;
  server: Socket;
}

/** Stands between the services and a server: it can cut connections, refuse new ones, and delay every byte. */
export class TcpProxy {
  /** Each piece waits so long, in both directions; the order stays. */
  delayMs = 0;
  refusing = false;
  /** Counted for ever: connections refused, and pieces that had to wait. */
  refused = 0;
  delayed = 0;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;

  private constructor(private readonly target: { host: string; port: number }) {
    this.#server = createServer((client) => this.#join(client));
  }

  /** @param url Of the server behind it. */
  static async before(url: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new TcpProxy({ host: hostname, port: Number(port) });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The same URL by way of this proxy. */
  through(url: string): string {
    const other = new URL(url);
    other.port = String((this.#server.address() as AddressInfo).port);
    return other.href;
  }

  /** Resets the connections that `chosen` picks; answers how many. */
  cut(chosen: () => boolean): number {
    const cut = [...this.#pairs].filter(chosen);
    for (const { client, server } of cut) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    return cut.length;
  }

  heal(): void {
    this.delayMs = 0;
    this.refusing = false;
  }

  async close(): Promise<void> {
    this.cut(() => true);
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    if (this.refusing) {
      this.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const pair = { client, server: connect(this.target) };
    this.#pairs.add(pair);
    this.#carry(pair, pair.client, pair.server);
    this.#carry(pair, pair.server, pair.client);
  }

  #carry(pair: Pair, from: Socket, to: Socket): void {
    let last = Promise.resolve();
    from.setNoDelay(true);
    from.on('data', (piece) => {
      if (this.delayMs === 0 && to.writableLength === 0)
        return void (last = last.then(() => pass(to, piece)));
      if (this.delayMs > 0) this.delayed += 1;
      const due = performance.now() + this.delayMs;
      last = last.then(() => until(due)).then(() => pass(to, piece));
    });
    const end = () => {
      this.#pairs.delete(pair);
      last = last.then(() => void to.destroy());
    };
    // One end that is lost takes the other one with it, as a broken line does.
    from.on('error', end).on('close', end);
  }
}

function pass(to: Socket, piece: Buffer): void {
  if (!to.destroyed) to.write(piece);
}

const until = (due: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
