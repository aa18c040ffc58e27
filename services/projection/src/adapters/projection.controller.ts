import { Controller } from '@nestjs/common';
import {
  adoptRequest,
  assertRequest,
  knowledgeRequest,
  selfModelRequest,
  type AdoptReply,
  type AdoptRequest,
  type AssertRequest,
  type KnowledgeReply,
  type KnowledgeRequest,
  type PositionReply,
  type SelfModelReply,
  type SelfModelRequest,
} from '#libs/contracts';
import { Handles, type RequestContext } from '#libs/messaging';
import { SelfModels } from '../app/self-models';

@Controller()
export class ProjectionController {
  constructor(private readonly selfModels: SelfModels) {}

  @Handles('get', selfModelRequest)
  get(request: SelfModelRequest, { deadlineAt }: RequestContext): Promise<SelfModelReply> {
    return this.selfModels.get(request, deadlineAt);
  }

  @Handles('knowledge', knowledgeRequest)
  knowledge(request: Required<KnowledgeRequest>, { deadlineAt }: RequestContext): Promise<KnowledgeReply> {
    return this.selfModels.knowledge(request, deadlineAt);
  }

  @Handles('adopt', adoptRequest, { serial: true })
  adopt(request: AdoptRequest, { deadlineAt }: RequestContext): Promise<AdoptReply> {
    return this.selfModels.adopt(request, deadlineAt);
  }

  @Handles('assert', assertRequest)
  assert(request: AssertRequest, { deadlineAt }: RequestContext): Promise<PositionReply> {
    return this.selfModels.assert(request, deadlineAt);
  }
}
