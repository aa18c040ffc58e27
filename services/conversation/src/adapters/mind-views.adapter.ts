import type {
  CommitmentsReply,
  JudgeReply,
  JudgeRequest,
  ReflectionsReply,
  SelfModelReply,
} from '#libs/contracts';
import type { Requests } from '#libs/messaging';
import type { Deadline, MindViews, Question } from '../app/ports';

/** Asks projection, commitment and reflection over NATS. */
export class MindViewsAdapter implements MindViews {
  constructor(private readonly requests: Requests) {}

  selfModel({ mind, minPosition, deadlineAt }: Question): Promise<SelfModelReply> {
    return this.requests.ask('projection', mind, 'get', { mind, minPosition }, { deadlineAt });
  }

  commitments({
    mind,
    minPosition,
    deadlineAt,
    limit,
  }: Question & { limit: number }): Promise<CommitmentsReply> {
    const payload = { mind, minPosition, limit, status: 'open', order: 'score' };
    return this.requests.ask('commitment', mind, 'list', payload, { deadlineAt });
  }

  reflections({
    mind,
    minPosition,
    deadlineAt,
    limit,
  }: Question & { limit: number }): Promise<ReflectionsReply> {
    return this.requests.ask('reflection', mind, 'list', { mind, minPosition, limit }, { deadlineAt });
  }

  judge(request: JudgeRequest, { deadlineAt }: Deadline): Promise<JudgeReply> {
    return this.requests.ask('commitment', request.mind, 'judge', request, { deadlineAt });
  }
}
