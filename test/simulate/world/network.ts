import type { Process } from './process';
import type { Random } from './random';

/** How messages travel just now. Probabilities are of one delivery; times are milliseconds. */
export interface Weather {
  loss: number;
  duplication: number;
  reordering: number;
  slow: number;
  slowMs: number;
  /** Announcements that are lost on top of that. */
  announcementLoss: number;
}

export const FAIR: Weather = {
  loss: 0,
  duplication: 0,
  reordering: 0,
  slow: 0,
  slowMs: 0,
  announcementLoss: 0,
};

/** What becomes of one delivery: when each copy of it arrives; none when it is lost. */
export class Network {
  weather: Weather = FAIR;
  /** Hears no heartbeat of others, so that it thinks that it is alone. */
  deaf: Process | null = null;
  /** Of each pair of processes, when the last message in order arrived. */
  private readonly lastArrival = new Map<number, number>();

  constructor(
    private readonly random: Random,
    private readonly now: () => number,
  ) {}

  arrivals(subject: string, from: Process, to: Process): number[] {
    const { random, weather } = this;
    if (to === this.deaf && from !== to && subject.startsWith('$KV.')) return [];
    if (weather.loss > 0 && random.chance(weather.loss)) return [];
    const isAnnouncement = subject.startsWith('pmm.v1.log.appended.');
    if (isAnnouncement && random.chance(weather.announcementLoss)) return [];
    const first = this.arrival(from, to);
    return weather.duplication > 0 && random.chance(weather.duplication)
      ? [first, first + random.between(0.1, 800)]
      : [first];
  }

  /** In order between two processes, unless the weather is bad. */
  private arrival(from: Process, to: Process): number {
    const { random, weather } = this;
    let delay = random.between(0.1, 1);
    if (weather.slow > 0 && random.chance(weather.slow)) delay += random.between(1, weather.slowMs);
    const at = this.now() + delay;
    if (weather.reordering > 0 && random.chance(weather.reordering)) return at + random.between(0, 400);
    const pair = from.number * 4_096 + to.number;
    const inOrder = Math.max(at, (this.lastArrival.get(pair) ?? 0) + 0.001);
    this.lastArrival.set(pair, inOrder);
    return inOrder;
  }
}
