import { hashEvent } from '#libs/kernel';
import type { MindEvent } from '#libs/contracts';
import { planAppends } from './append-plan.core';
import {
  chainEvent,
  chainEvents,
  EMPTY_HEAD,
  eventLine,
  LINE_EXTRA_BYTES,
  type LooseEvent,
} from './chain.core';
import { judgeIds, type KnownEvent } from './judgement.core';

const loose = (n: number, content = `text ${n} é "\\`): LooseEvent => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  ...{ kind: 'x.note', version: 1, content, metaJson: `{"n":${n}}` },
});

describe('a chain', () => {
  it('links each event to the one before, in the form that crosses the wire', () => {
    const [one, two] = chainEvents('m', EMPTY_HEAD, [loose(1), loose(2)], 1_000);
    const lines = [one, two].map((event) => JSON.parse(eventLine(event as never)) as MindEvent);
    for (const { hash, ...event } of lines) expect(hashEvent(event)).toBe(hash);
    expect(lines.map(({ position, prevHash }) => [position, prevHash])).toEqual([
      [1, null],
      [2, one?.hash],
    ]);
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual(
      ['at', 'content', 'hash', 'id', 'kind', 'meta', 'mind', 'position', 'prevHash', 'version'].sort(),
    );
    expect(eventLine(one as never).length - (one?.body.length ?? 0)).toBe(LINE_EXTRA_BYTES);
  });

  it('never goes back in time', () => {
    const head = { position: 7, hash: 'f'.repeat(64), atMs: 5_000 };
    expect(chainEvent('m', head, loose(1), 4_000).atMs).toBe(5_000);
    expect(chainEvent('m', head, loose(1), 6_000).atMs).toBe(6_000);
  });
});

describe('a plan', () => {
  it('puts appends one after the other and leaves out those that expect another position', () => {
    const wanted = [
      { events: [loose(1), loose(2)] },
      { events: [loose(3)], expectedPosition: 0 },
      { events: [loose(4)], expectedPosition: 2 },
    ];
    const plan = planAppends('m', EMPTY_HEAD, wanted, 0);
    expect(plan.events.map(({ id, position }) => [id, position])).toEqual([
      [loose(1).id, 1],
      [loose(2).id, 2],
      [loose(4).id, 3],
    ]);
    expect(plan.outcomes).toEqual([
      { reply: { from: 1, to: 2, headHash: plan.events[1]?.hash, duplicate: false } },
      { versionConflict: { position: 2, hash: plan.events[1]?.hash } },
      { reply: { from: 3, to: 3, headHash: plan.events[2]?.hash, duplicate: false } },
    ]);
    expect(plan.head.hash).toBe(plan.events[2]?.hash);
  });
});

describe('the judgement of ids', () => {
  const log = chainEvents(
    'm',
    EMPTY_HEAD,
    [1, 2, 3].map((n) => loose(n)),
    0,
  );
  const known = new Map<string, KnownEvent>(log.map((event) => [event.id, event]));
  const verdict = (...events: LooseEvent[]) => judgeIds(events, known).verdict;

  it('knows what is new and what is the same again', () => {
    expect(judgeIds([loose(8), loose(9)], known)).toEqual({ verdict: 'new' });
    const reply = { from: 2, to: 3, headHash: log[2]?.hash, duplicate: true };
    expect(judgeIds([loose(2), loose(3)], known)).toEqual({ verdict: 'duplicate', reply });
  });

  it('knows a contradiction', () => {
    expect(verdict(loose(2), loose(9))).toBe('conflict');
    expect(verdict(loose(9), loose(2))).toBe('conflict');
    expect(verdict(loose(3), loose(2))).toBe('conflict');
    expect(verdict(loose(1), loose(3))).toBe('conflict');
    expect(verdict({ ...loose(2), content: 'other' })).toBe('conflict');
    expect(verdict({ ...loose(2), kind: 'x.other' })).toBe('conflict');
    expect(verdict({ ...loose(2), metaJson: '{"n":3}' })).toBe('conflict');
    expect(verdict({ ...loose(2), metaJson: '{"n":2},"mind":"m"' })).toBe('conflict');
  });
});
