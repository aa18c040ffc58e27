type Send = () => void;

/**
 * What is to be sent in this turn of the event loop goes out together at its end: one write to the socket instead of one
 * for each message, which is most of what a small message costs. Order is kept.
 */
export class Outbox {
  private waiting: Send[] = [];

  /** @param onError Hears of a message that could not be sent, and whose sender did not ask to know. */
  constructor(private readonly onError: (error: unknown) => void) {}

  /** Sends soon. */
  add(send: Send): void {
    if (this.waiting.push(send) === 1) setImmediate(() => this.flush());
  }

  /** Sends soon, and answers with what came of it, or fails as it fails. */
  ask<T>(send: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.add(() => {
        try {
          resolve(send());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** Sends at once what waits. */
  flush(): void {
    const sends = this.waiting;
    this.waiting = [];
    for (const send of sends) {
      try {
        send();
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
