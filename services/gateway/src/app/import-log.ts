import { randomUUID } from 'node:crypto';
import type { ImportReply, ImportRequest } from '#libs/contracts';
import type { ImportedReply } from '#libs/client';
import { AppError } from '#libs/kernel';
import type { AskOptions, Log, Requests } from '#libs/messaging';
import { checkImportSize, cutPiece, importLimit, PIECE_CHARS } from '../core/import-text';
import { IMPORT_ABORT, IMPORT_CHUNK, IMPORT_COMMIT } from './deadlines';
import type { Digests } from './digests';

/** Hands a log file to event-log, piece by piece; each is acknowledged before the next, so that nothing piles up here. */
export class ImportLog {
  constructor(
    private readonly requests: Requests,
    private readonly digests: Pick<Digests, 'of'>,
    private readonly log: Log,
  ) {}

  /**
   * Answers when the services have folded what was imported, so that a question right after it finds all of it; after 2 s
   * in any case, for it is stored already.
   * @param chunks The file's bytes; when they end with an error, the import is given up.
   * @throws AppError of event-log; `too_large`; `invalid_request` when the bytes are not UTF-8
   */
  async run(mind: string, chunks: AsyncIterable<Uint8Array>): Promise<ImportedReply> {
    const reply = await this.fed(mind, chunks);
    await this.folded(mind, reply.events);
    return reply;
  }

  private async fed(mind: string, chunks: AsyncIterable<Uint8Array>): Promise<ImportedReply> {
    const session = new ImportSession(this.requests, mind);
    try {
      return await session.feed(chunks);
    } catch (error) {
      session.abort().catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        this.log.warn(`import into ${mind}: event-log was not told that it is given up: ${reason}`);
      });
      throw error;
    }
  }

  private async folded(mind: string, position: number): Promise<void> {
    try {
      await this.digests.of(mind, { minPosition: position });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.log.warn(`${mind}: imported, and not folded everywhere yet: ${error.message}`);
    }
  }
}

class ImportSession {
  private readonly session = randomUUID();
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private seq = 0;
  private text = '';
  private bytes = 0;
  private limit: number | null = null;

  constructor(
    private readonly requests: Requests,
    private readonly mind: string,
  ) {}

  async feed(chunks: AsyncIterable<Uint8Array>): Promise<ImportedReply> {
    for await (const chunk of chunks) {
      this.take(chunk);
      while (this.text.length > PIECE_CHARS) await this.sendPiece();
    }
    this.text += this.decode();
    const { events, format, headHash } = await this.send({ text: this.text, last: true }, IMPORT_COMMIT);
    if (format === undefined)
      throw new AppError('internal', `the import into ${this.mind} ended without a format`);
    return { events, format, headHash: headHash ?? null };
  }

  /** Nothing was sent yet: nobody knows of this import. */
  async abort(): Promise<void> {
    if (this.seq > 0) await this.send({ text: '', abort: true }, IMPORT_ABORT);
  }

  private take(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    this.text += this.decode(chunk);
    this.limit ??= importLimit(this.text);
    checkImportSize(this.bytes, this.limit);
  }

  private async sendPiece(): Promise<void> {
    const [piece, rest] = cutPiece(this.text);
    this.text = rest;
    await this.send({ text: piece }, IMPORT_CHUNK);
  }

  private send(part: Pick<ImportRequest, 'text' | 'last' | 'abort'>, wait: AskOptions): Promise<ImportReply> {
    const request: ImportRequest = { mind: this.mind, session: this.session, seq: this.seq++, ...part };
    return this.requests.ask('event-log', this.mind, 'import', request, wait);
  }

  private decode(chunk?: Uint8Array): string {
    try {
      return this.decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new AppError('invalid_request', `the file is not UTF-8 near byte ${this.bytes}`, { cause });
    }
  }
}
