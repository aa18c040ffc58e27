import { AppError, parseRequest } from '#libs/kernel';
import { z } from 'zod';
import { hashSchema, mindIdSchema, watermarkSchema } from '#libs/contracts';
import type { JsonMap } from './json-tree';
import type { LedgerReader, TakenEvent } from './ledger-reader';
import { EMPTY_OWN, proveOwn, type OwnHead } from './own-event';
import { plainObject } from './plain-json';

const closingLine = z.strictObject({
  export: z.strictObject({
    format: z.literal('pmm.v1'),
    mind: mindIdSchema,
    events: watermarkSchema,
    headHash: hashSchema.nullable(),
  }),
});

/** A file of our own format: events, then the line that tells how many there are and the hash of the last. */
export class OwnExport implements LedgerReader {
  readonly format = 'pmm.v1';
  private head: OwnHead = EMPTY_OWN;
  private closed = false;

  take(item: JsonMap): TakenEvent | null {
    if (this.closed) throw new AppError('invalid_request', 'an item follows the export line');
    if (item.has('export')) return this.close(item);
    const { event, metaJson } = proveOwn(plainObject(item), this.head);
    this.head = event;
    const { id, kind, version, content, at } = event;
    return { id, kind, version, content, metaJson, atMs: Date.parse(at) };
  }

  end(): void {
    if (!this.closed)
      throw new AppError('invalid_request', 'the export is cut: its last line, the export line, is missing');
  }

  private close(item: JsonMap): null {
    const line = parseRequest(closingLine, plainObject(item)).export;
    const { position, hash, mind } = this.head;
    if (line.events !== position || line.headHash !== hash || (mind !== null && line.mind !== mind))
      throw new AppError('invalid_request', 'the export line does not fit the events before it');
    this.closed = true;
    return null;
  }
}
