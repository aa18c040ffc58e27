import { eventId, sha256 } from '#libs/kernel';
import type { Snapshot } from '#libs/messaging';
import { chainEvents, EMPTY_HEAD } from '../../../services/event-log/src/core/chain.core';
import { FAIR, type Weather } from '../world/network';
import type { Random } from '../world/random';
import type { World } from '../world/world';
import type { Fleet, Place } from './fleet';
import type { Mood } from './model';
import type { FaultKind, Plan } from './plan';

/** What goes wrong, when, and that it is over at the end of the busy time. */
export class Faults {
  /** Positions that somebody else wrote, by mind. */
  readonly strange = new Map<string, Set<number>>();

  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly plan: Plan,
    private readonly fleet: Fleet,
    private readonly mood: Mood,
  ) {}

  /** Each kind of this run strikes one to three times. */
  schedule(): void {
    const { random, plan, world } = this;
    for (const kind of plan.faults)
      for (let left = random.whole(1, 3); left > 0; left--) {
        const at = random.between(0, plan.busyMs * 0.9);
        const lastsMs = Math.min(random.between(50, random.pick([500, 3_000, 9_000])), plan.busyMs - at);
        world.scheduler.after(at, null, () => this.strike(kind, lastsMs));
      }
  }

  private strike(kind: FaultKind, ms: number): void {
    this.world.trace.note('FAULT', () => `${kind} for ${Math.round(ms)} ms`);
    const { world, random } = this;
    const { database, shelf, scheduler } = world;
    const ends = (work: () => void) => void scheduler.after(ms, null, work);
    const weather = (change: Partial<Weather>) => {
      world.network.weather = { ...world.network.weather, ...change };
      const fair = Object.fromEntries(Object.keys(change).map((key) => [key, FAIR[key as keyof Weather]]));
      ends(() => (world.network.weather = { ...world.network.weather, ...fair }));
    };
    switch (kind) {
      case 'loss':
        return weather({ loss: random.pick([0.02, 0.1, 0.4]) });
      case 'duplication':
        return weather({ duplication: random.pick([0.05, 0.5]) });
      case 'reordering':
        return weather({ reordering: random.pick([0.05, 0.5]) });
      case 'slow network':
        return weather({ slow: random.pick([0.1, 0.6]), slowMs: random.pick([50, 500, 3_000]) });
      case 'lost announcements':
        return weather({ announcementLoss: random.pick([0.3, 1]) });
      case 'cut line':
        return this.withPlace(({ member }) => {
          member?.context.connection.cut();
          ends(() => member?.context.connection.mend());
        });
      case 'stalled line':
        return this.withPlace(({ member }) => {
          member?.context.connection.stall();
          const isNoticed = random.chance(0.5);
          ends(() => {
            if (isNoticed) member?.context.connection.cut();
            member?.context.connection.mend();
          });
        });
      case 'deaf member':
        return this.withPlace(({ member }) => {
          world.network.deaf = member?.context.process ?? null;
          ends(() => (world.network.deaf = null));
        });
      case 'crash':
        return this.withPlace((place) => {
          this.fleet.crash(place);
          ends(() => this.fleet.start(place));
        });
      case 'restart':
        return this.withPlace((place) => this.fleet.restart(place));
      case 'pause':
        return this.withPlace(({ member }) => {
          const process = member?.context.process;
          if (!process) return;
          scheduler.pause(process);
          ends(() => scheduler.resume(process));
        });
      case 'nats wiped':
        shelf.wipe();
        return this.restartNats(ms);
      case 'nats restart':
        return this.restartNats(ms);
      case 'database away':
        database.up = false;
        this.loseStatements();
        return ends(() => (database.up = true));
      case 'lost statements':
        return this.loseStatements();
      case 'locked rows':
        database.trouble.locked = random.pick([0.1, 0.6]);
        return ends(() => (database.trouble.locked = 0));
      case 'slow database':
        Object.assign(database.trouble, { slow: random.pick([0.2, 0.8]), slowMs: random.pick([100, 1_500]) });
        return ends(() => (database.trouble.slow = 0));
      case 'second writer':
        return this.writeBehind();
      case 'rotten snapshots':
        return void shelf.rot((snapshot) => this.spoilt(snapshot));
      case 'bad model':
        this.mood.bad = true;
        return ends(() => (this.mood.bad = false));
    }
  }

  private withPlace(strike: (place: Place) => void): void {
    const place = this.random.pick(this.fleet.places);
    this.world.trace.note('FAULT', () => `… of ${place.member?.context.process.name ?? place.service}`);
    if (place.member) strike(place);
  }

  private restartNats(ms: number): void {
    const { nats, scheduler } = this.world;
    const all = [...nats.connections];
    for (const connection of all) connection.cut();
    for (const connection of all)
      scheduler.after(ms + this.random.between(0, 300), null, () => connection.mend());
  }

  private loseStatements(): void {
    this.world.database.loseConnections();
    for (const { context, connectionLost } of this.fleet.members)
      if (connectionLost) this.world.scheduler.after(0.02, context.process, connectionLost);
  }

  /** Somebody with access to the database writes a good next event, and tells nobody. */
  private writeBehind(): void {
    const { database } = this.world;
    const { id: mind } = this.random.pick(this.plan.minds);
    const table = database.table(mind);
    if (!table) return;
    const head = table.last ?? EMPTY_HEAD;
    const id = eventId(mind, 'behind', head.position);
    const event = { id, kind: 'x.behind', version: 1, content: 'written by nobody', metaJson: '{}' };
    database.insert(chainEvents(mind, head, [event], head.atMs), 'a second writer');
    const strange = this.strange.get(mind) ?? new Set<number>();
    this.strange.set(mind, strange.add(head.position + 1));
  }

  private spoilt(snapshot: Snapshot): Snapshot {
    const { watermark, headHash } = snapshot;
    switch (this.random.whole(0, 3)) {
      case 0:
        return { ...snapshot, digest: sha256('no digest') };
      case 1:
        return { ...snapshot, foldVersion: snapshot.foldVersion + 1 };
      case 2:
        return { ...snapshot, headHash: sha256('of no event') };
      default:
        // As after a log that was restored from an older copy: beyond what it holds now.
        return { ...snapshot, watermark: watermark + this.random.whole(1, 60), headHash: sha256(headHash) };
    }
  }
}
