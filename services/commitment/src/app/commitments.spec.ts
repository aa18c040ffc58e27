import type { AppendReply, JsonObject, MindEvent, NewEvent, ReadRequest } from '#libs/contracts';
import { AppError, commitmentId, eventId, foldAll } from '#libs/kernel';
import type { CommandOutcome, IncrementalCache, LogClient } from '#libs/messaging';
import { commitmentFold, type CommitmentState } from '#libs/mind';
import { Commitments } from './commitments';
import { PastCommitments } from './past-commitments';

const MIND = 'ada';
const DEADLINE = Number.MAX_SAFE_INTEGER;

/** One mind whose log and cache are always at the same position. */
class World {
  readonly log: MindEvent[] = [];
  readonly ids = new Map<string, number>();
  state: CommitmentState = commitmentFold.initialState();
  readonly commitments = new Commitments(
    this as unknown as IncrementalCache<CommitmentState>,
    new PastCommitments(this as unknown as LogClient),
  );
  reads = 0;

  add(kind: string, meta: JsonObject = {}, content = '', id = `e${this.log.length + 1}`): number {
    const position = this.log.length + 1;
    const at = '2026-01-01T00:00:00.000Z';
    const event = { mind: MIND, position, id, kind, version: 1, at, content, meta, prevHash: null, hash: '' };
    this.log.push(event);
    this.ids.set(id, position);
    this.state = foldAll(commitmentFold, [event], this.state);
    return position;
  }

  read(
    request: ReadRequest | string,
    options?: { minPosition?: number },
    view?: (s: CommitmentState, seen: object) => object,
  ) {
    if (typeof request !== 'string') return Promise.resolve(this.readLog(request));
    if ((options?.minPosition ?? 0) > this.log.length)
      throw new AppError('invalid_request', 'beyond the head');
    return Promise.resolve({
      ...view?.(this.state, { watermark: this.log.length }),
      watermark: this.log.length,
      digest: '',
    });
  }

  async command<T>(
    _mind: string,
    _deadline: number,
    decide: (state: CommitmentState, seen: { watermark: number }) => CommandOutcome<T>,
  ): Promise<T> {
    const outcome = decide(this.state, { watermark: this.log.length });
    return outcome.events ? outcome.answer(this.append(outcome.events)) : outcome.value;
  }

  private append(events: NewEvent[]): AppendReply {
    const [first] = events;
    const known = this.ids.get(first?.id ?? '');
    if (known) return { from: known, to: known, headHash: '', duplicate: true };
    for (const { kind, meta, content, id } of events) this.add(kind, meta, content, id);
    return { from: this.log.length, to: this.log.length, headHash: '', duplicate: false };
  }

  private readLog({ after = 0, limit = 1000, kinds }: ReadRequest) {
    this.reads++;
    const found = this.log.filter(({ position, kind }) => position > after && (kinds ?? []).includes(kind));
    const events = found.slice(0, limit);
    return {
      events,
      head: { position: this.log.length, hash: '' },
      next: found.length > limit ? events.at(-1)?.position : undefined,
      importedTo: 0,
    };
  }
}

describe('commitments through the API', () => {
  it('opens once per key, and answers an equal open text with its cid', async () => {
    const { commitments } = new World();
    const first = await commitments.open({ mind: MIND, text: 'Water the plants', key: 'k' }, DEADLINE);
    expect(first).toEqual({
      cid: commitmentId(MIND, eventId(MIND, 'commitment', 'open', 'k')),
      position: 1,
      existing: false,
    });
    expect(await commitments.open({ mind: MIND, text: 'Water the plants', key: 'k' }, DEADLINE)).toEqual(
      first,
    );
    const equal = await commitments.open({ mind: MIND, text: '  water   THE plants ', key: 'l' }, DEADLINE);
    expect(equal).toEqual({ ...first, existing: true });
  });

  it('closes with evidence that exists after the open, and answers the first close again', async () => {
    const world = new World();
    world.add('user_message', { turnId: 't0' }, 'before');
    const { cid } = await world.commitments.open({ mind: MIND, text: 'Water the plants' }, DEADLINE);
    const close = (evidence: number[]) => world.commitments.close({ mind: MIND, cid, evidence }, DEADLINE);
    await expect(close([1])).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(close([9])).rejects.toMatchObject({ code: 'invalid_request' });
    const evidence = world.add('user_message', { turnId: 't' }, 'I watered them');
    const closed = await close([evidence]);
    expect(closed).toEqual({ cid, position: 4 });
    expect(await close([evidence])).toEqual(closed);
    await expect(
      world.commitments.close({ mind: MIND, cid: 'nope', evidence: [1] }, DEADLINE),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('snoozes what is open only', async () => {
    const world = new World();
    const { cid } = await world.commitments.open({ mind: MIND, text: 'Water the plants' }, DEADLINE);
    expect(await world.commitments.snooze({ mind: MIND, cid, untilTick: 9 }, DEADLINE)).toEqual({
      cid,
      position: 2,
    });
    expect(world.state.commitments.open.get(cid)?.snoozedUntil).toBe(9);
    await expect(
      world.commitments.snooze({ mind: MIND, cid: 'x', untilTick: 9 }, DEADLINE),
    ).rejects.toThrow();
  });

  it('pages through closed ones that only the log remembers', async () => {
    const world = new World();
    for (let n = 0; n < 450; n++) {
      const position = world.add('commitment_open', { cid: `c${n}`, source: 'api' }, `Task ${n}`);
      world.add('commitment_close', { cid: `c${n}`, evidence: [position], outcome: 'done' });
    }
    const seen: string[] = [];
    let before: number | undefined;
    do {
      const page = await world.commitments.list(
        { mind: MIND, status: 'closed', limit: 100, before },
        DEADLINE,
      );
      seen.push(...page.commitments.map(({ cid }) => cid));
      before = page.next;
    } while (before !== undefined && seen.length < 1000);
    expect(seen).toEqual(Array.from({ length: 450 }, (_, n) => `c${449 - n}`));
    expect(world.reads).toBeGreaterThan(0);
  });
});
