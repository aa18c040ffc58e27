import type { JsonObject, Kind, MindEvent } from '#libs/contracts';
import { commitmentFold, type CommitmentState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { commitmentWhy } from './explainers';
import { commitmentRules } from './rules';

const begin = () => new Life<CommitmentState>(commitmentFold, commitmentRules);

function numbersOf(life: Life<CommitmentState>, kind: Kind): JsonObject | null | undefined {
  const cause = life.events.at(-1) as MindEvent;
  const decided = life.decide().find((draft) => draft.kind === kind);
  if (!decided) throw new Error(`no ${kind} is decided`);
  return commitmentWhy.explainers[kind]?.(life.state, decided as unknown as MindEvent, cause);
}

it('commitment_expire by its lifetime: when it was opened and how many ticks it has', () => {
  const life = begin();
  life.tick(2);
  const open = life.open('c1', 'water it', { ttlTicks: 3 });
  life.tick(3);
  expect(numbersOf(life, 'commitment_expire')).toEqual({
    ...{ tick: 5, at: life.events.at(-1)?.at, openPosition: open.position, openTick: 2 },
    ...{ snoozedUntil: null, updatedTick: null, dueAt: null, ttlTicks: 3 },
  });
});

it('commitment_expire without a lifetime of its own: the default, from the last update', () => {
  const life = begin();
  life.open('c1');
  life.tick(5);
  life.add('commitment_update', { cid: 'c1', reason: 'asked' }, 'water it well');
  life.tick(2_000);
  expect(numbersOf(life, 'commitment_expire')).toMatchObject({
    openTick: 0,
    updatedTick: 5,
    ttlTicks: 2_000,
  });
});

it('commitment_due and overdue: the due time beside the time of the tick; no lifetime', () => {
  const life = begin();
  const dueAt = new Date(life.nowMs + 60_000).toISOString();
  life.open('c1', 'water it', { dueAt });
  life.wait(100).tick();
  const at = life.events.at(-1)?.at as string;
  expect(numbersOf(life, 'commitment_due')).toMatchObject({ at, dueAt, ttlTicks: null });
  expect(at > dueAt).toBe(true);
  life.append(life.decide());
  life.wait(73 * 3_600).tick();
  expect(numbersOf(life, 'commitment_expire')).toMatchObject({ dueAt, ttlTicks: null, tick: 2 });
});

it('commitment_rebind: the adoption, the text before, and how many wait', () => {
  const life = begin();
  life.adopt('Nova');
  const open = life.open('c1', 'write as Nova');
  life.open('c2', 'ask Nova');
  const adoption = life.adopt('Echo');
  expect(numbersOf(life, 'commitment_rebind')).toEqual({
    ...{ adoption: adoption.position, newName: 'Echo', textBefore: 'write as Nova' },
    ...{ openPosition: open.position, waiting: 2 },
  });
});

it('project_close: where its last commitment ended', () => {
  const life = begin();
  life.open('c1', 'dig', { project: 'garden' });
  const closed = life.close('c1');
  expect(numbersOf(life, 'project_close')).toEqual({ lastEndedAt: closed.position });
});

it('numbers are denied by a state without that commitment', () => {
  const event = {
    kind: 'commitment_expire',
    meta: { cid: 'c9', adoption: 1, project: 'x' },
  } as unknown as MindEvent;
  const { commitment_expire, commitment_rebind, project_close } = commitmentWhy.explainers;
  const { state } = begin();
  for (const explain of [commitment_expire, commitment_rebind, project_close])
    expect(explain?.(state, event, event)).toBeNull();
});
