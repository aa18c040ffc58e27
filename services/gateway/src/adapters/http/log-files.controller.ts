import { Controller, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ImportedReply } from '#libs/client';
import { AppError } from '#libs/kernel';
import { ImportLog } from '../../app/import-log';
import { MindLog } from '../../app/mind-log';
import { checkImportSize } from '../../core/import-text';
import { checkContentType, readUpload } from './read-body';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';
import { hasBody } from './send-error';

/** A reader of an export who takes nothing for so long loses the connection. */
const STALLED_MS = 60_000;

/** Whole logs, out and in; neither is ever held in memory. */
@Controller()
export class LogFilesController {
  constructor(
    private readonly log: MindLog,
    private readonly imports: ImportLog,
  ) {}

  /** The first page is asked for before the answer begins, so that its failure still has a status. */
  @Handle('exportLog')
  async export(@Input() { mind }: InputOf<'exportLog'>, @Res() response: Response): Promise<void> {
    const pages = this.log.export(mind);
    const first = await pages.next();
    response.setTimeout(STALLED_MS, () => response.destroy());
    response.writeHead(200, {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
    });
    try {
      await pipeline(Readable.from(following(first, pages)), response);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    }
  }

  @Handle('importLog')
  import(@Input() { mind }: InputOf<'importLog'>, @Req() request: Request): Promise<ImportedReply> {
    checkContentType(request, ['application/x-ndjson', 'application/json']);
    if (!hasBody(request)) throw new AppError('invalid_request', 'a file is needed');
    checkImportSize(Number(request.headers['content-length'] ?? 0), null);
    return this.imports.run(mind, readUpload(request));
  }
}

async function* following(first: IteratorResult<string, void>, rest: AsyncGenerator<string, void>) {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
