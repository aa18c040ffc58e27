import { pause } from '#deploy/local/waiting';
import { Random } from '../random';
import { nextDeed } from './deeds';
import { LedgerFile } from './ledger-file';
import type { Deed } from './acts';
import type { History } from './history';
import { MindClient } from './mind-client';
import { codeOf, isDone, RetryingClient, STUBBORN, type Patience } from './retrying-client';

export interface LoadOptions {
  gateways: readonly string[];
  history: History;
  minds: readonly string[];
  seed: number;
  /** Of all minds; null: half of them echo, half of them ask the scripted model. */
  provider?: 'echo';
  /** Of all minds; absent: every fourth ticks each second, the others only when asked. */
  tickIntervalMs?: number;
  /** Of a client between two deeds. */
  pauseMs?: [low: number, high: number];
  /** Minds that each get a file imported while the others are busy; 0. */
  files?: number;
}

const EVERY_SECOND_MS = 1_000;
const ONLY_WHEN_ASKED_MS = 3_600_000;
/** A file is sent again as long as that may help. */
const IMPORTING: Patience = { retries: 200, withinMs: 90_000, attemptMs: 15_000 };
const LATEST_IMPORT_MS = 12_000;

/** Names that no other run has used. */
export const newMinds = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

/** A client load over new minds; two clients share each mind, and each does one thing after the other. */
export class Load {
  readonly clients: MindClient[];
  readonly #importers: MindClient[];
  readonly #client: RetryingClient;
  readonly #random: Random;
  #running: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #kinds?: readonly Deed['kind'][];

  constructor(private readonly options: LoadOptions) {
    this.#random = new Random(options.seed ^ 0x10ad);
    this.#client = new RetryingClient(options.gateways);
    const { history, minds, seed } = options;
    const clientOf = (mind: string, n: number) =>
      new MindClient(mind, { client: this.#client, history, random: new Random(seed * 1_000 + n) });
    this.clients = minds.map(clientOf);
    const files = newMinds(`${minds[0]}-file`, options.files ?? 0);
    this.#importers = files.map((mind, n) => clientOf(mind, minds.length + n));
  }

  get minds(): string[] {
    return [...this.clients, ...this.#importers].map(({ mind }) => mind);
  }

  async createMinds(): Promise<void> {
    await Promise.all(
      this.minds.map(async (id, n) => {
        const provider = this.options.provider ?? (n % 2 === 0 ? 'echo' : 'openai-compatible');
        const model = provider === 'echo' ? {} : { model: 'scripted' };
        const usual = n % 4 === 0 ? EVERY_SECOND_MS : ONLY_WHEN_ASKED_MS;
        const body = { id, provider, ...model, tickIntervalMs: this.options.tickIntervalMs ?? usual };
        const made = await this.#client.call({ method: 'POST', path: '/v1/minds', body }, STUBBORN);
        if (!isDone(made) && codeOf(made) !== 'mind_exists')
          throw new Error(`${id} could not be made: ${JSON.stringify(made)}`);
      }),
    );
  }

  /** From now on the clients do only this; absent: all that they can. */
  only(kinds?: readonly Deed['kind'][]): void {
    this.#kinds = kinds;
  }

  start(): void {
    const workers = [...this.clients, ...this.clients].map((client) => this.#work(client));
    this.#running = Promise.all([...workers, ...this.#importers.map((client) => this.#import(client))]);
  }

  /** Resolves when every act under way has its end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** A client that never saw the end of its turn asks again, until it has it. */
  async finishTurns(): Promise<void> {
    const finish = async (client: MindClient) => {
      for (const [turnId, text] of [...client.unfinished])
        await client.act({ kind: 'turn', input: { turnId, text } }, STUBBORN);
    };
    await Promise.all(this.clients.map(finish));
  }

  /** Nothing is appended to these minds from now on, so that their digests can be held against their logs. */
  async archive(): Promise<void> {
    for (const mind of this.minds) {
      const call = { method: 'POST', path: `/v1/minds/${mind}/archive`, body: {} } as const;
      const archived = await this.#client.call(call, STUBBORN);
      if (!isDone(archived)) throw new Error(`${mind} could not be archived: ${JSON.stringify(archived)}`);
    }
  }

  /** The tick after it has the number that follows those in the file. */
  async #import(client: MindClient): Promise<void> {
    const random = new Random(this.#random.between(0, 2 ** 31));
    const file = new LedgerFile(random);
    await pause(random.between(0, LATEST_IMPORT_MS));
    await client.act({ kind: 'import', input: { file } }, IMPORTING);
    await client.act({ kind: 'tick', input: {} });
  }

  async #work(client: MindClient): Promise<void> {
    const random = new Random(this.#random.between(0, 2 ** 31));
    const [low, high] = this.options.pauseMs ?? [30, 200];
    while (!this.#stopping) {
      await client.act(nextDeed(random, client, this.#kinds));
      await pause(random.between(low, high));
    }
  }
}
