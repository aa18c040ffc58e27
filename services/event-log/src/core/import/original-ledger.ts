import type { JsonMap } from './json-tree';
import type { LedgerReader, TakenEvent } from './ledger-reader';
import { convertOriginal } from './original-convert';
import { EMPTY_ORIGINAL, proveOriginal, type OriginalFormat, type OriginalHead } from './original-event';

/** A ledger of the original program, in either of its chain formats. It has no end mark: any prefix of it is a ledger. */
export class OriginalLedger implements LedgerReader {
  private head: OriginalHead = EMPTY_ORIGINAL;
  private ticks = 0;

  /** @param nowMs The time of the import, after which no imported event can have happened. */
  constructor(
    private readonly mind: string,
    readonly format: OriginalFormat,
    private readonly nowMs: number,
  ) {}

  take(item: JsonMap): TakenEvent {
    const event = proveOriginal(item, this.format, this.head);
    if (event.kind === 'autonomy_tick') this.ticks += 1;
    const converted = convertOriginal(event, { mind: this.mind, format: this.format, tick: this.ticks });
    this.head = event;
    return { ...converted, atMs: Math.min(Math.max(0, Math.floor(event.atUs / 1000)), this.nowMs) };
  }

  end(): void {
    // Nothing to check: neither original format says where a ledger ends.
  }
}
