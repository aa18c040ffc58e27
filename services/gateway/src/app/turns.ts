import { z } from 'zod';
import { LIMITS, subjects, type TurnReply, type TurnRequest, type TurnSignal } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { AskOptions, Link, Log, Requests } from '#libs/messaging';
import { EMPTY_ASSEMBLY, finishTurn, takeSignal, type Shown } from '../core/turn-assembly';
import { turnDeadline } from './deadlines';
import { within } from './within';

interface TurnBody {
  text: string;
  turnId?: string;
  userName?: string;
}

/** A turn with its id and a text of allowed size. */
export type PreparedTurn = Omit<TurnRequest, 'stream'>;

const FLUSH_MS = 2_000;

const signalSchema: z.ZodType<TurnSignal> = z.union([
  z.object({ n: z.number().int().min(0), token: z.string() }),
  z.object({ n: z.number().int().min(0), restart: z.string() }),
]);

/** Turns, with and without the reply being shown while it is made. The pipeline behind them is the same. */
export class Turns {
  private readonly patience: AskOptions;

  constructor(
    private readonly requests: Requests,
    private readonly link: Link,
    private readonly log: Log,
    modelTimeoutMs: number,
  ) {
    this.patience = turnDeadline(modelTimeoutMs);
  }

  ask(request: PreparedTurn): Promise<TurnReply> {
    return this.send({ ...request, stream: false });
  }

  /**
   * Shows the reply while it comes; whatever gets lost on the way is made good before this resolves. It goes on to its
   * end even when nobody looks any more.
   */
  async stream(request: PreparedTurn, show: (shown: Shown) => void): Promise<TurnReply> {
    let assembly = EMPTY_ASSEMBLY;
    const subscription = this.link.subscribe(subjects.turn(request.mind, request.turnId), (message) => {
      const signal = signalSchema.safeParse(readSignal(message.data));
      if (!signal.success) return this.log.warn(`${message.subject}: not a signal of a turn`);
      const step = takeSignal(assembly, signal.data);
      assembly = step.assembly;
      step.show.forEach(show);
    });
    try {
      await this.flush();
      const reply = await this.send({ ...request, stream: true });
      // Signals may still be on their way behind the reply; after a round trip none is.
      if (assembly.shown !== reply.text) await this.flush();
      finishTurn(assembly, reply.text).forEach(show);
      return reply;
    } finally {
      subscription.unsubscribe();
    }
  }

  private send(request: TurnRequest): Promise<TurnReply> {
    return this.requests.ask('conversation', request.mind, 'turn', request, this.patience);
  }

  private flush(): Promise<void> {
    return within(this.link.nc.flush(), FLUSH_MS, 'NATS does not answer');
  }
}

/**
 * The turn that a request asks for. Its own id wins over the key of the request.
 * @throws AppError `too_large`
 */
export function prepareTurn(mind: string, { text, turnId, userName }: TurnBody, key: string): PreparedTurn {
  if (Buffer.byteLength(text) > LIMITS.turnTextBytes)
    throw new AppError('too_large', `text: is over ${LIMITS.turnTextBytes / 1024} KiB`);
  const named = userName === undefined ? {} : { userName };
  return { mind, turnId: turnId ?? key, text, ...named };
}

function readSignal(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    // The schema refuses it, and the caller logs that.
    return undefined;
  }
}
