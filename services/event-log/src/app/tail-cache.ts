import { Tail, tailBytes } from '../core/tail.core';
import type { ChainedEvent } from '../core/chain.core';

/** While nobody broadcasts, the tail may grow to so many times its bound before appends are `busy`. */
const BACKLOG_FACTOR = 4;
/** One mind's broadcast events may take this share of the bound: a busy mind must not push out all others. */
const SHARE = 1 / 8;

/**
 * The newest events of the minds in use, in memory: recent reads and repeated ids are answered from here. Bounded for
 * the whole process; the least recently used minds lose their events first; what was not yet seen in a batch stays.
 */
export class TailCache {
  /** In order of use, the least recent first. */
  private readonly tails = new Map<string, Tail>();
  private total = 0;
  private pending = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.total;
  }

  /** Bytes of events that no batch has shown yet. */
  get unbroadcastBytes(): number {
    return this.pending;
  }

  /** Whether so much waits to be broadcast that no more should be taken in. */
  get isFull(): boolean {
    return this.pending > this.maxBytes * BACKLOG_FACTOR;
  }

  get(mind: string): Tail | undefined {
    const tail = this.tails.get(mind);
    if (tail) this.touch(mind, tail);
    return tail;
  }

  /** Adds committed events of one mind, in order. A tail that they don't continue is given up. */
  add(mind: string, events: readonly ChainedEvent[]): void {
    const first = events[0];
    if (!first) return;
    if (this.tails.get(mind)?.last !== first.position - 1) this.drop(mind);
    const tail = this.tails.get(mind) ?? new Tail(first.position - 1);
    for (const event of events) {
      tail.add(event);
      this.total += tailBytes(event);
      this.pending += tailBytes(event);
    }
    this.touch(mind, tail);
    this.shrink(mind, tail);
  }

  /** Events of a mind up to a position were seen in a batch. */
  markBroadcast(mind: string, to: number): void {
    const tail = this.tails.get(mind);
    if (!tail || to <= tail.broadcastTo) return;
    const upTo = Math.min(to, tail.last);
    this.pending -= tail.bytesOf(tail.broadcastTo + 1, upTo);
    tail.broadcastTo = upTo;
    this.shrink(mind, tail);
  }

  drop(mind: string): void {
    const tail = this.tails.get(mind);
    if (!tail) return;
    this.pending -= tail.bytesOf(tail.broadcastTo + 1, tail.last);
    this.total -= tail.bytes;
    this.tails.delete(mind);
  }

  dropWhere(matches: (mind: string) => boolean): void {
    for (const mind of this.tails.keys()) if (matches(mind)) this.drop(mind);
  }

  private touch(mind: string, tail: Tail): void {
    this.tails.delete(mind);
    this.tails.set(mind, tail);
  }

  private shrink(mind: string, tail: Tail): void {
    if (tail.bytes > this.maxBytes * SHARE) this.halve(mind, tail);
    if (this.total <= this.maxBytes) return;
    for (const [other, its] of this.tails) {
      if (this.total <= this.maxBytes || this.total === this.pending) return;
      this.release(other, its, its.broadcastTo);
    }
  }

  /** Half at once, so that a mind at its share does not pay for each event. */
  private halve(mind: string, tail: Tail): void {
    const middle = tail.first + Math.ceil(tail.size / 2);
    this.release(mind, tail, Math.min(tail.broadcastTo, middle));
  }

  private release(mind: string, tail: Tail, to: number): void {
    this.total -= tail.dropTo(to);
    if (tail.size === 0) this.tails.delete(mind);
  }
}
