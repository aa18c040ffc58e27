import type { ServiceName } from '#libs/contracts';
import type { Models } from '#libs/llm';
import { contextOf, type MemberContext } from '../members/context';
import { conversationMember } from '../members/conversation';
import { coordinatorMember } from '../members/coordinator';
import { eventLogMember, type EventLogMember } from '../members/event-log';
import type { Member } from '../members/member';
import { commitmentMember, projectionMember, reflectionMember } from '../members/services';
import type { StatefulMember } from '../members/stateful';
import type { Random } from '../world/random';
import type { World } from '../world/world';
import type { Plan } from './plan';

/** After so long `StopSignal` ends a process that was told to end and has not. */
const STOP_LIMIT_MS = 9_500;

type AnyMember = Member & Partial<Pick<StatefulMember, 'cache'> & Pick<EventLogMember, 'connectionLost'>>;

/** The place of one member: whoever dies there is followed by another one. */
export interface Place {
  service: ServiceName;
  number: number;
  member: AnyMember | null;
}

/** All members of all services. */
export class Fleet {
  readonly places: Place[];

  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly plan: Plan,
    private readonly models: Models,
  ) {
    this.places = plan.members.flatMap(({ service, count }) =>
      Array.from({ length: count }, (_, number): Place => ({ service, number, member: null })),
    );
  }

  get members(): AnyMember[] {
    return this.places.flatMap(({ member }) => member ?? []);
  }

  start(place: Place): void {
    const { world } = this;
    const process = world.process(`${place.service}-${place.number}-${this.random.name()}`);
    world.memberOf.set(process, place.service);
    world.scheduler.after(this.random.between(0, 50), process, () => {
      world.trace.note(process.name, () => 'starts');
      const member = this.build(contextOf(world, place.service, process));
      place.member = member;
      member.start().catch((error) => world.violated('a member starts', `${process.name}: ${String(error)}`));
    });
  }

  /** Nothing of it goes on, from one moment to the next. */
  crash(place: Place): void {
    const { member } = place;
    if (!member) return;
    const { process, connection } = member.context;
    this.world.trace.note(process.name, () => 'is killed');
    process.state = 'dead';
    void connection.close();
    place.member = null;
  }

  /** The orderly end of a member, and another one in its place. */
  restart(place: Place): void {
    const { member } = place;
    if (!member || member.context.process.state !== 'running') return;
    const { process } = member.context;
    const { scheduler, trace } = this.world;
    place.member = null;
    scheduler.after(0, process, () => {
      trace.note(process.name, () => 'is told to end');
      member
        .stop()
        .catch((error) => this.world.violated('a member ends', `${process.name}: ${String(error)}`));
    });
    scheduler.after(this.random.between(0, 3_000), null, () => this.start(place));
    const toldAt = scheduler.now;
    scheduler.after(STOP_LIMIT_MS, null, () => this.endsNow(member, toldAt));
  }

  /** What `StopSignal` does. It must have nothing to do, but for members that were without NATS for some of the time. */
  private endsNow({ context: { process, connection } }: Member, toldAt: number): void {
    if (process.state !== 'running') return;
    if (connection.awayUntil < toldAt)
      this.world.violated('an orderly end takes at most 10 s', `${process.name} is still there`);
    this.world.trace.note(process.name, () => 'ends, whatever is left to do');
    process.state = 'dead';
    void connection.close();
  }

  private build(context: MemberContext): AnyMember {
    const { plan, models } = this;
    switch (context.service) {
      case 'event-log':
        return eventLogMember(context, plan);
      case 'tick-coordinator':
        return coordinatorMember(context);
      case 'projection':
        return projectionMember(context, plan);
      case 'commitment':
        return commitmentMember(context, plan);
      case 'reflection':
        return reflectionMember(context, plan, models);
      case 'conversation':
        return conversationMember(context, plan, models);
      case 'gateway':
        throw new Error('a client stands for the gateway');
    }
  }
}
