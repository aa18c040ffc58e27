import type { ImportReply, ImportRequest } from '#libs/contracts';
import { AppError } from '#libs/kernel';
import type { ChainHead } from '../core/chain.core';
import { LogImport } from '../core/import/log-import';
import type { ImportTransaction } from './import-store.port';

/** One file on its way in: chunks in order, each acknowledged, all in one transaction. */
export class ImportSession {
  private nextSeq = 0;
  private lastReply?: ImportReply;
  private readonly file: LogImport;

  constructor(
    readonly mind: string,
    private readonly transaction: ImportTransaction,
    nowMs: number,
  ) {
    this.file = new LogImport(mind, nowMs);
  }

  get head(): ChainHead {
    return this.file.last;
  }

  /**
   * Takes a chunk; the last one commits. A chunk that comes again gets its first answer.
   * @throws AppError; then nothing of the import may stay.
   */
  async take({ seq, text, last = false }: ImportRequest): Promise<ImportReply> {
    if (seq < this.nextSeq && this.lastReply) return this.lastReply;
    if (seq !== this.nextSeq)
      throw new AppError('invalid_request', `chunk ${seq} came where ${this.nextSeq} was awaited`);
    await this.transaction.insert(this.file.push(text));
    if (last) await this.finish();
    this.nextSeq += 1;
    this.lastReply = this.reply(last);
    return this.lastReply;
  }

  rollback(): Promise<void> {
    return this.transaction.rollback();
  }

  private async finish(): Promise<void> {
    await this.transaction.insert(this.file.end());
    await this.transaction.commit(this.head.position);
  }

  private reply(done: boolean): ImportReply {
    const { position, hash } = this.head;
    const reply: ImportReply = { events: position, done };
    if (this.file.format) reply.format = this.file.format;
    if (done && hash !== null) reply.headHash = hash;
    return reply;
  }
}
