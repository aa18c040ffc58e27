import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { api } from '#libs/contracts';
import { parseRequest } from '#libs/kernel';
import type { Log } from '#libs/messaging';
import { LOG } from '#libs/service';
import { FollowMind, type Following } from '../../app/follow-mind';
import { EventStream } from './event-stream';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';

/** What happens in a mind, while it happens. */
@Controller()
export class StreamController {
  constructor(
    private readonly minds: FollowMind,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A browser that lost its connection names the last position it got, which is newer than the one in its URL. */
  @Handle('stream')
  async stream(
    @Input() { mind, query }: InputOf<'stream'>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const last = request.headers['last-event-id'];
    const { after } = last === undefined ? query : parseRequest(api.stream, { after: last });
    const following = await this.minds.open(mind, after);
    const stream = new EventStream(response);
    stream.closed.addEventListener('abort', () => following.close());
    stream.begin(following.position);
    try {
      await forward(following, stream);
    } catch (error) {
      // The client comes back after the last position it got.
      this.log.warn(`stream of ${mind} ended: ${error instanceof Error ? error.message : String(error)}`);
    }
    following.close();
    stream.end();
  }
}

async function forward(following: Following, stream: EventStream): Promise<void> {
  while (!stream.closed.aborted) {
    const batch = await following.next();
    if (!batch) return;
    stream.send({ id: batch.to, data: batch });
    await stream.room();
  }
}
