import { Controller, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { EventsReply } from '#libs/client';
import type { AppendReply, ReceiptReply, VerifyReply } from '#libs/contracts';
import { MindLog } from '../../app/mind-log';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';

/** A mind's log: read it, add own events, prove it. */
@Controller()
export class LogController {
  constructor(private readonly log: MindLog) {}

  @Handle('listEvents')
  events(@Input() { mind, query }: InputOf<'listEvents'>): Promise<EventsReply> {
    return this.log.events(mind, query);
  }

  @Handle('appendEvents')
  append(@Input() { mind, body, key }: InputOf<'appendEvents'>): Promise<AppendReply> {
    return this.log.append(mind, body, key);
  }

  @Handle('verify')
  verify(
    @Input() { mind, query }: InputOf<'verify'>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<VerifyReply | ReceiptReply> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    return this.log.verify(mind, query, gone.signal);
  }
}
