import { Controller } from '@nestjs/common';
import {
  closeRequest,
  commitmentsRequest,
  judgeRequest,
  openRequest,
  snoozeRequest,
  type CloseRequest,
  type CommitmentReply,
  type CommitmentsReply,
  type CommitmentsRequest,
  type JudgeReply,
  type JudgeRequest,
  type OpenReply,
  type OpenRequest,
  type SnoozeRequest,
} from '#libs/contracts';
import { Handles, type RequestContext } from '#libs/messaging';
import { Commitments } from '../app/commitments';

@Controller()
export class CommitmentController {
  constructor(private readonly commitments: Commitments) {}

  @Handles('list', commitmentsRequest)
  list(request: CommitmentsRequest, { deadlineAt }: RequestContext): Promise<CommitmentsReply> {
    return this.commitments.list(request, deadlineAt);
  }

  @Handles('judge', judgeRequest)
  judge(request: JudgeRequest, { deadlineAt }: RequestContext): Promise<JudgeReply> {
    return this.commitments.judge(request, deadlineAt);
  }

  @Handles('open', openRequest, { serial: true })
  open(request: OpenRequest, { deadlineAt }: RequestContext): Promise<OpenReply> {
    return this.commitments.open(request, deadlineAt);
  }

  @Handles('close', closeRequest, { serial: true })
  close(request: CloseRequest, { deadlineAt }: RequestContext): Promise<CommitmentReply> {
    return this.commitments.close(request, deadlineAt);
  }

  @Handles('snooze', snoozeRequest, { serial: true })
  snooze(request: SnoozeRequest, { deadlineAt }: RequestContext): Promise<CommitmentReply> {
    return this.commitments.snooze(request, deadlineAt);
  }
}
