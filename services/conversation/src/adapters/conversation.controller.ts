import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import {
  switchModelRequest,
  turnRequest,
  type PositionReply,
  type SwitchModelRequest,
  type TurnReply,
} from '#libs/contracts';
import { Handles, type RequestContext } from '#libs/messaging';
import { ModelSwitch } from '../app/model-switch';
import { Turns } from '../app/turns';

/** The doors of conversation; the feed and `state` are those of every service with a cache. */
@Controller()
export class ConversationController {
  constructor(
    private readonly turns: Turns,
    private readonly modelSwitch: ModelSwitch,
  ) {}

  /** Not serial in the transport: the queue of turns is bounded per mind, and lets repeats share an answer. */
  @Handles('turn', turnRequest)
  turn(request: z.output<typeof turnRequest>, { deadlineAt }: RequestContext): Promise<TurnReply> {
    return this.turns.take({ ...request, deadlineAt });
  }

  @Handles('switch-model', switchModelRequest, { serial: true })
  switch(request: SwitchModelRequest, { deadlineAt }: RequestContext): Promise<PositionReply> {
    return this.modelSwitch.switch(request, deadlineAt);
  }
}
