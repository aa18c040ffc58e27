import { LRUCache } from 'lru-cache';
import { AppError, type Clock } from '#libs/kernel';
import type { ModelUsage } from './model.port';

/** Minds whose use of today is remembered. */
const MINDS = 100_000;
const DAY_MS = 86_400_000;

/**
 * How many tokens each mind may use a day (UTC). It counts what this process has seen: after a restart, or when a shard
 * moves, a mind's day begins anew unless its use is told again by `atLeast`. A brake on cost, not an account.
 */
export class TokenBudget {
  private readonly used = new LRUCache<string, { day: number; tokens: number }>({ max: MINDS });

  /** @param perDay No limit when absent. */
  constructor(
    private readonly perDay: number | undefined,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** @throws AppError `busy` when the mind has used up its day. */
  check(mind: string): void {
    if (this.exhausted(mind)) {
      throw new AppError(
        'busy',
        `this mind has used its ${this.perDay} tokens of today (PMM_TOKENS_PER_DAY)`,
      );
    }
  }

  exhausted(mind: string): boolean {
    return this.perDay !== undefined && this.usedToday(mind) >= this.perDay;
  }

  record(mind: string, { inputTokens, outputTokens }: ModelUsage): void {
    if (this.perDay === undefined) return;
    this.used.set(mind, { day: this.day(), tokens: this.usedToday(mind) + inputTokens + outputTokens });
  }

  /** What the log says that a mind has used today; counts when it is more than this process has seen. */
  atLeast(mind: string, tokens: number): void {
    if (this.perDay === undefined || tokens <= this.usedToday(mind)) return;
    this.used.set(mind, { day: this.day(), tokens });
  }

  private usedToday(mind: string): number {
    const entry = this.used.get(mind);
    return entry?.day === this.day() ? entry.tokens : 0;
  }

  private day(): number {
    return Math.floor(this.clock.now() / DAY_MS);
  }
}
