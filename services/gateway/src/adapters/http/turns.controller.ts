import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Log } from '#libs/messaging';
import { LOG } from '#libs/service';
import { prepareTurn, Turns, type PreparedTurn } from '../../app/turns';
import type { Shown } from '../../core/turn-assembly';
import { EventStream } from './event-stream';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';
import { errorBody, toAppError } from './send-error';

/** One user message and its reply. */
@Controller()
export class TurnsController {
  constructor(
    private readonly turns: Turns,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Handle('turn')
  async turn(
    @Input() { mind, body, key }: InputOf<'turn'>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const turn = prepareTurn(mind, body, key);
    if (!wantsEvents(request)) {
      response.json(await this.turns.ask(turn));
      return;
    }
    await this.stream(turn, request, new EventStream(response));
  }

  private async stream(turn: PreparedTurn, request: Request, stream: EventStream): Promise<void> {
    try {
      const reply = await this.turns.stream(turn, (shown) => stream.send(messageOf(shown)));
      stream.send({ event: 'done', data: reply });
    } catch (thrown) {
      const error = toAppError(thrown, request);
      if (error.code === 'internal') this.log.error(`turn of ${turn.mind} failed`, error.cause ?? error);
      stream.send({ event: 'error', data: errorBody(error) });
    }
    stream.end();
  }
}

const wantsEvents = (request: Request): boolean =>
  (request.headers.accept ?? '').toLowerCase().includes('text/event-stream');

const messageOf = (shown: Shown) =>
  shown.type === 'token'
    ? { event: 'token', data: { text: shown.text } }
    : { event: 'restart', data: { reason: shown.reason } };
