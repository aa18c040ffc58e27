import type { ImportFormat } from '#libs/contracts';
import type { LooseEvent } from '../chain.core';
import type { JsonMap } from './json-tree';

/** An event that an import takes over, with the time that it keeps. */
export interface TakenEvent extends LooseEvent {
  atMs: number;
}

/** Proves the items of a file one after the other and converts them. */
export interface LedgerReader {
  readonly format: ImportFormat;
  /** Null for an item that is no event: the line that closes an own export. @throws JsonFault */
  take(item: JsonMap): TakenEvent | null;
  /** @throws AppError when the file must have gone on. */
  end(): void;
}
