import type { DigestsReply, StateDigest } from '#libs/client';
import type { ServiceName, StateReply } from '#libs/contracts';
import type { Requests } from '#libs/messaging';
import { stateDeadline } from './deadlines';

/** The services whose state is a fold of a mind's log. */
export const FOLDING_SERVICES: readonly ServiceName[] = [
  'projection',
  'commitment',
  'reflection',
  'conversation',
];

/** How far every service has folded a mind, and what its state is worth: two equal digests are two equal states. */
export class Digests {
  constructor(private readonly requests: Requests) {}

  async of(mind: string, query: { at?: number; minPosition?: number }): Promise<DigestsReply> {
    const entries = FOLDING_SERVICES.map(async (service): Promise<[string, StateDigest]> => {
      const options = stateDeadline(query);
      const reply = await this.requests.ask<StateReply>(service, mind, 'state', { mind, ...query }, options);
      return [service, { watermark: reply.watermark, digest: reply.digest, foldVersion: reply.foldVersion }];
    });
    return { services: Object.fromEntries(await Promise.all(entries)) };
  }
}
