import { LIMITS, type ImportFormat } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import { chainEvent, EMPTY_HEAD, LINE_EXTRA_BYTES, type ChainedEvent, type ChainHead } from '../chain.core';
import { readJson } from './json-reader';
import { JsonFault, type JsonMap } from './json-tree';
import type { LedgerReader } from './ledger-reader';
import { MAX_DEPTH, originalFormat } from './original-event';
import { OriginalLedger } from './original-ledger';
import { IMPORTED_EVENT_BYTES } from './own-event';
import { OwnExport } from './own-export';
import { TextSplitter } from './text-splitter';

/**
 * One file on its way into the empty log of a mind: text goes in, in arbitrary slices; events of the new chain come out.
 * @throws AppError `invalid_request` that names the first bad event id, or `too_large`.
 */
export class LogImport {
  private readonly splitter = new TextSplitter();
  private ledger?: LedgerReader;
  private head: ChainHead = EMPTY_HEAD;
  private items = 0;
  private chars = 0;

  /** @param nowMs The time of the import. */
  constructor(
    private readonly mind: string,
    private readonly nowMs: number,
  ) {}

  get format(): ImportFormat | undefined {
    return this.ledger?.format;
  }

  get last(): ChainHead {
    return this.head;
  }

  push(slice: string): ChainedEvent[] {
    this.chars += slice.length;
    const events: ChainedEvent[] = [];
    for (const item of this.splitter.push(slice)) this.take(item, events);
    const limit = this.splitter.shape === 'array' ? LIMITS.importArrayBytes : LIMITS.importNdjsonBytes;
    if (this.chars > limit) throw new AppError('too_large', `the file is over ${limit} bytes`);
    return events;
  }

  end(): ChainedEvent[] {
    const events: ChainedEvent[] = [];
    for (const item of this.splitter.end()) this.take(item, events);
    if (!this.ledger) throw new AppError('invalid_request', 'the file holds no event');
    this.ledger.end();
    return events;
  }

  private take(text: string, into: ChainedEvent[]): void {
    const number = this.items + 1;
    try {
      const item = readItem(text);
      this.ledger ??= this.choose(item);
      const taken = this.ledger.take(item);
      if (taken !== null) into.push(this.chain(taken));
    } catch (error) {
      throw namedFault(error, number);
    }
    this.items = number;
  }

  private choose(first: JsonMap): LedgerReader {
    if (first.has('export') || first.has('mind')) return new OwnExport();
    return new OriginalLedger(this.mind, originalFormat(first), this.nowMs);
  }

  private chain(taken: NonNullable<ReturnType<LedgerReader['take']>>): ChainedEvent {
    const event = chainEvent(this.mind, this.head, taken, taken.atMs);
    if (Buffer.byteLength(event.body) + LINE_EXTRA_BYTES > IMPORTED_EVENT_BYTES)
      throw new JsonFault(`it is over ${IMPORTED_EVENT_BYTES} bytes`);
    this.head = event;
    return event;
  }
}

function readItem(text: string): JsonMap {
  const item = readJson(text, { maxDepth: MAX_DEPTH });
  if (item instanceof Map) return item;
  throw new JsonFault('it is not a JSON object');
}

/** What is wrong with an event is told with its id; both formats number events 1, 2, 3 … */
function namedFault(error: unknown, number: number): unknown {
  const isOfEvent =
    error instanceof JsonFault || (error instanceof AppError && error.code !== 'invalid_request');
  if (!isOfEvent) return error;
  return new AppError('invalid_request', `event id ${number}: ${error.message}`, { cause: error });
}
