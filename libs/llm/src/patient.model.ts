import { AppError, type Clock } from '#libs/kernel';
import { ModelFailure } from './model-failure';
import type { ModelOptions, ModelPort, ModelReply, ModelRequest } from './model.port';
import { orAborted, withinDeadline } from './within-deadline';

export const RETRY = {
  /** Tries in all. */
  tries: 3,
  firstPauseMs: 500,
  longestPauseMs: 15_000,
} as const;

export interface PatienceOptions {
  /** For the whole call, retries and pauses included. */
  timeoutMs: number;
  clock: Pick<Clock, 'sleep'>;
  /** 0 ≤ x < 1; the jitter of pauses. */
  random: () => number;
}

/**
 * A model that is asked again after failures that may pass, with pauses that double and are jittered ("full jitter":
 * a random part of 500 ms, 1 s, …), never shorter than the server asked for, and with one deadline for all of it.
 * Rejects with the last failure, or `model_unavailable` at the deadline.
 */
export class PatientModel implements ModelPort {
  constructor(
    private readonly model: ModelPort,
    private readonly options: PatienceOptions,
  ) {}

  complete(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    const { timeoutMs } = this.options;
    const reason = () => new AppError('model_unavailable', `the model did not answer within ${timeoutMs} ms`);
    return withinDeadline(options.signal, { ms: timeoutMs, reason }, (signal) =>
      this.tryOften(request, { ...options, signal }),
    );
  }

  private async tryOften(request: ModelRequest, options: ModelOptions): Promise<ModelReply> {
    for (let attempt = 1; ; attempt++) {
      let shown = false;
      const onToken = (token: string) => {
        if (options.signal.aborted) return;
        shown = true;
        options.onToken?.(token);
      };
      try {
        return await this.model.complete(request, { ...options, onToken });
      } catch (error) {
        if (!mayPass(error) || attempt === RETRY.tries) throw error;
        if (shown) options.onRestart?.('the model broke off its answer');
        await orAborted(options.signal, () => this.options.clock.sleep(this.pauseMs(attempt, error)));
      }
    }
  }

  private pauseMs(attempt: number, error: AppError): number {
    const jittered = RETRY.firstPauseMs * 2 ** (attempt - 1) * this.options.random();
    const asked = (error instanceof ModelFailure && error.retryAfterMs) || 0;
    return Math.min(RETRY.longestPauseMs, Math.max(jittered, asked));
  }
}

const mayPass = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'model_unavailable' && error.retryable;
