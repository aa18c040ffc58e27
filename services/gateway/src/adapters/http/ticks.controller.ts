import { Controller } from '@nestjs/common';
import type { PositionReply, ReflectionsReply, TickReply } from '#libs/contracts';
import { Requests } from '#libs/messaging';
import { stateDeadline } from '../../app/deadlines';
import { Ticks } from '../../app/ticks';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';

/** Ticks, and the reflections that they may lead to. */
@Controller()
export class TicksController {
  constructor(
    private readonly requests: Requests,
    private readonly ticks: Ticks,
  ) {}

  @Handle('tick')
  tick(@Input() { mind, key }: InputOf<'tick'>): Promise<TickReply> {
    return this.ticks.tick(mind, key);
  }

  @Handle('listReflections')
  reflections(@Input() { mind, query }: InputOf<'listReflections'>): Promise<ReflectionsReply> {
    return this.requests.ask('reflection', mind, 'list', { mind, ...query }, stateDeadline(query));
  }

  @Handle('reflect')
  reflect(@Input() { mind, key }: InputOf<'reflect'>): Promise<PositionReply> {
    return this.ticks.reflect(mind, key);
  }
}
