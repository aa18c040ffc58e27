import { Controller } from '@nestjs/common';
import type { CommitmentReply, CommitmentsReply, OpenReply } from '#libs/contracts';
import { Requests } from '#libs/messaging';
import { COMMAND, stateDeadline } from '../../app/deadlines';
import { Handle, Input } from './route.decorator';
import type { InputOf } from './routes';

/** What a mind has promised. */
@Controller()
export class CommitmentsController {
  constructor(private readonly requests: Requests) {}

  @Handle('listCommitments')
  list(@Input() { mind, query }: InputOf<'listCommitments'>): Promise<CommitmentsReply> {
    return this.requests.ask('commitment', mind, 'list', { mind, ...query }, stateDeadline(query));
  }

  @Handle('openCommitment')
  open(@Input() { mind, body, key }: InputOf<'openCommitment'>): Promise<OpenReply> {
    return this.requests.ask('commitment', mind, 'open', { mind, ...body, key }, COMMAND);
  }

  @Handle('closeCommitment')
  close(@Input() { mind, cid, body, key }: InputOf<'closeCommitment'>): Promise<CommitmentReply> {
    return this.requests.ask('commitment', mind, 'close', { mind, cid, ...body, key }, COMMAND);
  }

  @Handle('snoozeCommitment')
  snooze(@Input() { mind, cid, body, key }: InputOf<'snoozeCommitment'>): Promise<CommitmentReply> {
    return this.requests.ask('commitment', mind, 'snooze', { mind, cid, ...body, key }, COMMAND);
  }
}
