import { createInbox, type Msg } from 'nats';
import { z } from 'zod';
import { SERVICES, type ServiceName } from '#libs/contracts';
import type { Link } from '#libs/messaging';
import { Members, NEEDED_SERVICES, type Member } from '../../app/members.port';

const GATHER_MS = 300;
const PING_MS = 1_000;
const MOST_ANSWERS = 10_000;

const service = z.enum(SERVICES);
/** Those of a release before `serving` was told answer once they serve, or soon after. */
const pingAnswer = z.object({
  name: service,
  metadata: z.object({ serving: z.string().default('true') }).default({ serving: 'true' }),
});
const statsAnswer = z.object({
  name: service,
  data: z.object({
    instance: z.string(),
    startedAt: z.string(),
    shards: z.array(z.number()),
    counters: z.record(z.string(), z.number()),
    metrics: z.array(z.unknown()),
  }),
});

/** Finds the members by the NATS service protocol: one question, and what comes back within a short time. */
export class NatsMembers extends Members {
  /** Callers that come while a question is out share its answers. */
  private asking: Promise<Member[]> | null = null;
  private pinging: Promise<Set<ServiceName>> | null = null;

  constructor(private readonly link: Link) {
    super();
  }

  stats(): Promise<Member[]> {
    this.asking ??= this.askStats().finally(() => (this.asking = null));
    return this.asking;
  }

  serving(): Promise<Set<ServiceName>> {
    this.pinging ??= this.ping().finally(() => (this.pinging = null));
    return this.pinging;
  }

  nats() {
    const { info } = this.link.nc;
    return { state: this.link.state, server: info?.server_id ?? null, version: info?.version ?? null };
  }

  private async ping(): Promise<Set<ServiceName>> {
    const found = new Set<ServiceName>();
    await this.gather('$SRV.PING', PING_MS, (message) => {
      const answer = answerOf(pingAnswer, message);
      if (answer?.metadata.serving === 'true') found.add(answer.name);
      return NEEDED_SERVICES.every((name) => found.has(name));
    });
    return found;
  }

  private async askStats(): Promise<Member[]> {
    const members = new Map<string, Member>();
    await this.gather('$SRV.STATS', GATHER_MS, (message) => {
      const answer = answerOf(statsAnswer, message);
      if (answer) members.set(answer.data.instance, { service: answer.name, stats: answer.data });
      return members.size >= MOST_ANSWERS;
    });
    return [...members.values()];
  }

  /** Asks, and hands on what comes until `take` has enough or the time is over. */
  private async gather(subject: string, limitMs: number, take: (message: Msg) => boolean): Promise<void> {
    if (this.link.state !== 'connected') return;
    const inbox = createInbox();
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const subscription = this.link.subscribe(inbox, (message) => {
      if (take(message)) finish();
    });
    const timer = setTimeout(finish, limitMs);
    this.link.nc.publish(subject, '', { reply: inbox });
    await finished;
    clearTimeout(timer);
    subscription.unsubscribe();
  }
}

/** Services of other systems on the same NATS answer too, and NATS itself when nobody does: those count as nothing. */
function answerOf<T extends z.ZodType>(schema: T, message: Msg): z.output<T> | null {
  try {
    return schema.parse(message.json());
  } catch {
    return null;
  }
}
