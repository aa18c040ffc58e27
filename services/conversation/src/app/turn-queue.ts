import { LIMITS } from '#libs/contracts';
import { AppError, type Clock } from '#libs/kernel';
import type { Deadline } from './ports';

/** Turns of all minds that this process has taken and not answered. */
const TURNS_AT_ONCE = 2_000;

interface Waiting {
  key: string;
  answer: Promise<unknown>;
}

export interface QueuedTurn extends Deadline {
  mind: string;
  /** Equal for repeats of one request: a repeat shares the answer of the one that is under way. */
  key: string;
}

/** One turn at a time per mind, in order of arrival; 16 more may wait. */
export class TurnQueue {
  private readonly minds = new Map<string, Waiting[]>();
  private size = 0;
  private closed = false;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** @throws AppError `busy` (too many wait), `timeout` (waited too long), `unavailable` (shutting down). */
  run<T>(turn: QueuedTurn, work: () => Promise<T>): Promise<T> {
    const line = this.minds.get(turn.mind) ?? [];
    const same = line.find(({ key }) => key === turn.key);
    if (same) return same.answer as Promise<T>;
    if (this.closed) return Promise.reject(shuttingDown());
    if (line.length > LIMITS.waitingTurns || this.size >= TURNS_AT_ONCE) {
      return Promise.reject(new AppError('busy', `${line.length} turns of this mind are waiting; try again`));
    }
    const before = line.at(-1)?.answer ?? Promise.resolve();
    const entry: Waiting = { key: turn.key, answer: this.inTurn(before, turn, work) };
    this.enter(turn.mind, line, entry);
    const leave = () => this.leave(turn.mind, entry);
    entry.answer.then(leave, leave);
    return entry.answer as Promise<T>;
  }

  /** From now on turns that have not begun are refused; those under way go on. */
  close(): void {
    this.closed = true;
  }

  private async inTurn<T>(before: Promise<unknown>, turn: QueuedTurn, work: () => Promise<T>): Promise<T> {
    await before.catch(() => undefined);
    if (this.closed) throw shuttingDown();
    if (this.clock.now() > turn.deadlineAt)
      throw new AppError('timeout', 'the turn waited past its deadline');
    return work();
  }

  private enter(mind: string, line: Waiting[], entry: Waiting): void {
    line.push(entry);
    this.minds.set(mind, line);
    this.size += 1;
  }

  private leave(mind: string, entry: Waiting): void {
    this.size -= 1;
    const rest = (this.minds.get(mind) ?? []).filter((other) => other !== entry);
    if (rest.length) this.minds.set(mind, rest);
    else this.minds.delete(mind);
  }
}

const shuttingDown = () => new AppError('unavailable', 'this member is shutting down; try again');
