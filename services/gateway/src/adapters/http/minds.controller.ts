import { Controller } from '@nestjs/common';
import type { MindInfo, MindsReply, PositionReply } from '#libs/contracts';
import { LogClient, Requests } from '#libs/messaging';
import { COMMAND } from '../../app/deadlines';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';

/** Minds as such: their settings, and which model interprets them. */
@Controller()
export class MindsController {
  constructor(
    private readonly requests: Requests,
    private readonly logClient: LogClient,
  ) {}

  /** Not asked twice: a second request would find the mind that the first one made. */
  @Handle('createMind')
  create(@Input() { body: { id, ...settings } }: InputOf<'createMind'>): Promise<MindInfo> {
    const options = { ...COMMAND, resendMs: COMMAND.timeoutMs };
    return this.requests.ask('event-log', id, 'create', { mind: id, ...settings }, options);
  }

  @Handle('listMinds')
  list(@Input() { query }: InputOf<'listMinds'>): Promise<MindsReply> {
    return this.requests.askAny('event-log', 'minds', query, COMMAND);
  }

  @Handle('getMind')
  get(@Input() { mind }: InputOf<'getMind'>): Promise<MindInfo> {
    return this.logClient.mind(mind, COMMAND);
  }

  @Handle('archive')
  archive(@Input() { mind, key }: InputOf<'archive'>): Promise<MindInfo> {
    return this.requests.ask('event-log', mind, 'archive', { mind, archived: true, key }, COMMAND);
  }

  /** Its clock was forgotten while it could not tick. */
  @Handle('unarchive')
  async unarchive(@Input() { mind, key }: InputOf<'unarchive'>): Promise<MindInfo> {
    const request = { mind, archived: false, key };
    const info = await this.requests.ask<MindInfo>('event-log', mind, 'archive', request, COMMAND);
    await this.requests.ask('tick-coordinator', mind, 'wake', { mind }, COMMAND);
    return info;
  }

  @Handle('switchModel')
  switchModel(@Input() { mind, body, key }: InputOf<'switchModel'>): Promise<PositionReply> {
    return this.requests.ask('conversation', mind, 'switch-model', { mind, ...body, key }, COMMAND);
  }
}
