type Send = () => void;

/**
 * What is to be sent in one turn of the event loop goes out together at its end: one write to the socket instead of one
 * for each message, which is most of what a small message costs. While messages come one by one nobody waits: the first
 * one of a turn leaves at once unless the turn before had several. Order is kept.
 */
export class Outbox {
  private waiting: Send[] = [];
  private turnBegun = false;
  private sentInTurn = 0;
  private crowded = false;

  /** @param onError Hears of a message that could not be sent, and whose sender did not ask to know. */
  constructor(private readonly onError: (error: unknown) => void) {}

  /** Sends now or soon. */
  add(send: Send): void {
    if (this.turnBegun || this.crowded) this.waiting.push(send);
    else this.send(send);
    if (this.turnBegun) return;
    this.turnBegun = true;
    setImmediate(() => this.endTurn());
  }

  /** Sends now or soon, and answers with what came of it, or fails as it fails. */
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
    for (const send of sends) this.send(send);
  }

  private endTurn(): void {
    this.flush();
    this.crowded = this.sentInTurn > 1;
    this.sentInTurn = 0;
    this.turnBegun = false;
  }

  private send(send: Send): void {
    this.sentInTurn += 1;
    try {
      send();
    } catch (error) {
      this.onError(error);
    }
  }
}
