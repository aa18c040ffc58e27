import type { WhyReply } from '#libs/contracts';
import type { Requests } from '#libs/messaging';
import { FOLDING_SERVICES } from './digests';
import { stateDeadline } from './deadlines';

/** Asks each service that decides whether it wrote an event, and what it saw: only the owner of the rule knows. */
export class Whys {
  constructor(private readonly requests: Requests) {}

  async of(mind: string, position: number): Promise<WhyReply> {
    const deadline = stateDeadline({ at: position });
    const answers = await Promise.all(
      FOLDING_SERVICES.map((service) =>
        this.requests.ask<WhyReply>(service, mind, 'why', { mind, position }, deadline),
      ),
    );
    const [first] = answers;
    return answers.find(({ basis }) => basis !== null) ?? (first as WhyReply);
  }
}
