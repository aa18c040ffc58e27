import { Controller } from '@nestjs/common';
import type { DigestsReply } from '#libs/client';
import type { AdoptReply, KnowledgeReply, PositionReply, SelfModelReply, WhyReply } from '#libs/contracts';
import { Requests } from '#libs/messaging';
import { COMMAND, stateDeadline } from '../../app/deadlines';
import { Digests } from '../../app/digests';
import { Whys } from '../../app/whys';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';

/** Who a mind is. */
@Controller()
export class SelfController {
  constructor(
    private readonly requests: Requests,
    private readonly digests: Digests,
    private readonly whys: Whys,
  ) {}

  @Handle('selfModel')
  selfModel(@Input() { mind, query }: InputOf<'selfModel'>): Promise<SelfModelReply> {
    return this.requests.ask('projection', mind, 'get', { mind, ...query }, stateDeadline(query));
  }

  @Handle('digests')
  digestsOf(@Input() { mind, query }: InputOf<'digests'>): Promise<DigestsReply> {
    return this.digests.of(mind, query);
  }

  @Handle('why')
  why(@Input() { mind, query }: InputOf<'why'>): Promise<WhyReply> {
    return this.whys.of(mind, query.position);
  }

  @Handle('setIdentity')
  setIdentity(@Input() { mind, body, key }: InputOf<'setIdentity'>): Promise<AdoptReply> {
    return this.requests.ask('projection', mind, 'adopt', { mind, ...body, key }, COMMAND);
  }

  @Handle('listKnowledge')
  knowledge(@Input() { mind, query }: InputOf<'listKnowledge'>): Promise<KnowledgeReply> {
    return this.requests.ask('projection', mind, 'knowledge', { mind, ...query }, stateDeadline({}));
  }

  @Handle('assertKnowledge')
  assertKnowledge(@Input() { mind, body, key }: InputOf<'assertKnowledge'>): Promise<PositionReply> {
    return this.requests.ask('projection', mind, 'assert', { mind, ...body, key }, COMMAND);
  }
}
