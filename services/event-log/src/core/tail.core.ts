import type { ChainedEvent } from './chain.core';
import type { KnownEvent } from './judgement.core';

/** About what the objects around an event's text take, in bytes. */
const OVERHEAD_BYTES = 480;
/** How many empty places an array may keep in front before it is copied. */
const SLACK = 1_024;

export const tailBytes = (event: ChainedEvent): number => event.body.length + OVERHEAD_BYTES;

/** The last events of one mind, without a gap up to its head. */
export class Tail {
  /** Dropped ones leave their place empty until the array is copied. */
  private events: (ChainedEvent | undefined)[] = [];
  private start = 0;
  private readonly positions = new Map<string, number>();
  bytes = 0;
  /** Events up to here were seen in a batch. */
  broadcastTo: number;

  constructor(private readonly before: number) {
    this.broadcastTo = before;
  }

  /** Position of the first event here; one after the last when it is empty. */
  get first(): number {
    return this.events[this.start]?.position ?? this.last + 1;
  }

  get last(): number {
    return this.events.at(-1)?.position ?? this.before;
  }

  get size(): number {
    return this.events.length - this.start;
  }

  /** `event` must follow the last one. */
  add(event: ChainedEvent): void {
    this.events.push(event);
    this.positions.set(event.id, event.position);
    this.bytes += tailBytes(event);
  }

  at(position: number): ChainedEvent | undefined {
    return position < this.first ? undefined : this.events[position - this.first + this.start];
  }

  byId(id: string): ChainedEvent | undefined {
    const position = this.positions.get(id);
    return position === undefined ? undefined : this.at(position);
  }

  known(ids: readonly string[]): Map<string, KnownEvent> {
    const known = new Map<string, KnownEvent>();
    for (const id of ids) {
      const event = this.byId(id);
      if (event) known.set(id, event);
    }
    return known;
  }

  /** Bytes of the events in a range of positions. */
  bytesOf(from: number, to: number): number {
    let bytes = 0;
    for (let position = Math.max(from, this.first); position <= to; position++) {
      const event = this.at(position);
      if (event) bytes += tailBytes(event);
    }
    return bytes;
  }

  /** Lets go of the events up to a position. Answers the bytes that this frees. */
  dropTo(position: number): number {
    const before = this.bytes;
    for (let event = this.at(this.first); event && event.position <= position; event = this.at(this.first)) {
      this.positions.delete(event.id);
      this.bytes -= tailBytes(event);
      this.events[this.start] = undefined;
      this.start += 1;
    }
    if (this.start > SLACK) {
      this.events = this.events.slice(this.start);
      this.start = 0;
    }
    return before - this.bytes;
  }
}
