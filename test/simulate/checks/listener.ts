import { shardOf } from '#libs/contracts';
import type { ChainedEvent } from '../../../services/event-log/src/core/chain.core';
import type { Carried, Overhears } from '../world/nats-server';
import type { Process } from '../world/process';
import { SHARDS, type World } from '../world/world';
import type { Log } from './logs';

/** The promise: without a heartbeat of its own for so long, a member serves nothing. */
const FENCED_MS = 4_000;
const BATCH = /^\{"v":\d+,"mind":"([^"]+)","from":(\d+),"to":(\d+)/;

interface Proof {
  sentAt: number;
  leaving: boolean;
}

/** Hears what is said on the wire: who broadcasts what, and who answers though nobody knows that he lives. */
export class Listener implements Overhears {
  private readonly broadcast = new Map<string, Set<number>>();
  private readonly proofs = new Map<Process, Proof>();
  /** Who got a request while he was proved, and who while he was not; a doubled one may come both ways. */
  private readonly taken = new WeakMap<Carried, Set<Process>>();
  private readonly untaken = new WeakMap<Carried, Set<Process>>();

  constructor(private readonly world: World) {
    world.nats.overhears.push(this);
  }

  published(from: Process, { subject, data }: Carried): void {
    const { trace } = this.world;
    if (!subject.startsWith('$KV.'))
      trace.note(from.name, () => `says ${subject} ${data.subarray(0, 160).toString()}`);
    if (subject.startsWith('pmm.v1.batch.')) this.noteBatch(data);
    if (!subject.startsWith('$KV.pmm_members_')) return;
    if (data.includes('"phase":"leaving"')) this.proofOf(from).leaving = true;
  }

  arrived(at: Process, message: Carried, from: Process): void {
    const { subject, data } = message;
    if (at === from && subject.startsWith('$KV.pmm_members_')) {
      const { sentAt } = JSON.parse(data.toString()) as { sentAt: number };
      const proof = this.proofOf(at);
      proof.sentAt = Math.max(proof.sentAt, sentAt);
    } else if (!subject.startsWith('$KV.'))
      this.world.trace.note(at.name, () => `hears ${subject} of ${from.name}`);
    const isOfShard = message.answer && /^pmm\.v1\.[a-z-]+\.\d+\./.test(subject);
    if (!isOfShard) return;
    const whom = this.isProved(at) ? this.taken : this.untaken;
    whom.set(message, (whom.get(message) ?? new Set()).add(at));
  }

  answered(by: Process, message: Carried): void {
    if (this.untaken.get(message)?.has(by) && !this.taken.get(message)?.has(by))
      this.world.violated(
        'a member that may be thought gone serves nothing',
        `${by.name}: ${message.subject}`,
      );
  }

  /** Each of these positions was broadcast at least once. */
  checkBroadcasts({ mind, rows }: Log, isExpected: (row: ChainedEvent) => boolean): void {
    const seen = this.broadcast.get(mind) ?? new Set<number>();
    const missing = rows.filter((row) => isExpected(row) && !seen.has(row.position));
    if (missing.length > 0)
      this.world.violated(
        'every event is broadcast',
        `${mind} of shard ${shardOf(mind, SHARDS)}: ${missing.map(({ position }) => position).join(' ')}`,
      );
  }

  private noteBatch(data: Buffer): void {
    const [, mind = '', from, to] = BATCH.exec(data.subarray(0, 200).toString('latin1')) ?? [];
    const seen = this.broadcast.get(mind) ?? new Set<number>();
    this.broadcast.set(mind, seen);
    for (let position = Number(from); position <= Number(to); position++) seen.add(position);
  }

  private isProved(process: Process): boolean {
    const { sentAt, leaving } = this.proofOf(process);
    return leaving || this.world.scheduler.now - sentAt < FENCED_MS;
  }

  private proofOf(process: Process): Proof {
    const proof = this.proofs.get(process) ?? { sentAt: -Infinity, leaving: false };
    this.proofs.set(process, proof);
    return proof;
  }
}
