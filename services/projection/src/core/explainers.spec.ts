import type { JsonObject, Kind, MindEvent } from '#libs/contracts';
import { projectionFold, type ProjectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { projectionWhy } from './explainers';
import { projectionRules } from './rules';

const begin = () => new Life<ProjectionState>(projectionFold, projectionRules);

/** The numbers of the event of this kind that the rules decide on the state as it is. */
function numbersOf(life: Life<ProjectionState>, kind: Kind): JsonObject | null | undefined {
  const cause = life.events.at(-1) as MindEvent;
  const decided = life.decide().find((draft) => draft.kind === kind);
  if (!decided) throw new Error(`no ${kind} is decided`);
  return projectionWhy.explainers[kind]?.(life.state, decided as unknown as MindEvent, cause);
}

it('stage_update: the samples, their means, and the bounds that they crossed', () => {
  const life = begin();
  for (let n = 0; n < 60; n++) life.reflect('my name is Nova, still\nand always');
  for (let n = 0; n < 9; n++) life.close('c');
  life.tick(3);
  const ticks = life.events.filter(({ kind }) => kind === 'autonomy_tick');
  const numbers = numbersOf(life, 'stage_update') as {
    samples: { position: number; tick: number; ias: number }[];
    means: { ias: number; gas: number };
    bounds: object;
  };
  expect(numbers.samples.map(({ position, tick }) => [position, tick])).toEqual(
    ticks.map(({ position }, n) => [position, n + 1]),
  );
  expect(numbers.means.ias).toBeCloseTo(numbers.samples.reduce((sum, { ias }) => sum + ias, 0) / 3, 12);
  // S1 begins at (.35, .20), and to go up takes 0.03 more.
  expect(numbers.bounds).toMatchObject({ direction: 'up', of: 'S1' });
  expect(numbers.bounds).toMatchObject({
    ias: expect.closeTo(0.38, 9) as number,
    gas: expect.closeTo(0.23, 9) as number,
  });
});

it('stage_update, down: the bounds of the stage that is left, less 0.03', () => {
  const life = begin();
  life.add('stage_update', { from: 'S1', to: 'S2', ias: 0.6, gas: 0.5 });
  life.tick(3);
  const { bounds } = numbersOf(life, 'stage_update') as { bounds: object };
  expect(bounds).toEqual({ direction: 'down', of: 'S2', ias: 0.47, gas: expect.closeTo(0.32, 9) as number });
});

it('metrics_update: the scores now and those last told', () => {
  const life = begin();
  const told = life.add('metrics_update', { ias: 0, gas: 0.02 });
  for (let n = 0; n < 3; n++) life.open(`c${n}`);
  life.tick();
  const { now, before } = numbersOf(life, 'metrics_update') as { now: { gas: number }; before: object };
  expect(before).toEqual({ ias: 0, gas: 0.02, position: told.position });
  // Three opens of 0.07, a tick's decay, and 0.1 of an IAS that is 0.5 below the middle.
  expect(now.gas).toBeCloseTo(0.21 * 0.9995 - 0.05, 6);
});

it('trait_update: which ticks, what came between, and the factor of the stage', () => {
  const life = begin();
  life.adopt('Nova');
  life.add('stage_update', { from: 'S0', to: 'S2', ias: 0.5, gas: 0.4 });
  life.open('c1');
  life.tick(2);
  const reflected = life.reflect();
  const closed = life.close('c1');
  life.tick();
  const [, second, third] = life.events.filter(({ kind }) => kind === 'autonomy_tick');
  expect(numbersOf(life, 'trait_update')).toMatchObject({
    ...{ reason: 'close_rate_up', tick: 3, window: 0, stage: 'S2', factor: 1.25 },
    ...{ closedAt: closed.position, reflectedAt: reflected.position, overlappedTwiceAt: 0 },
    ticksAt: { this: third?.position, previous: second?.position },
  });
});

it('identity_adopt at a tick: the name before, and the proposals', () => {
  const life = begin();
  life.adopt('Nova');
  const proposed: number[] = [];
  for (let n = 0; n < 3; n++) {
    life.turn();
    const propose = { name: 'Echo', source: 'assistant', confidence: 0.9, origin: -1 } as const;
    proposed.push(life.add('identity_propose', propose).position);
  }
  life.tick();
  const numbers = numbersOf(life, 'identity_adopt') as { proposals: { name: string; position: number }[] };
  expect(numbers).toMatchObject({ nameBefore: 'Nova', tick: 1 });
  expect(numbers.proposals.map(({ name, position }) => [name, position])).toEqual(
    proposed.map((position) => ['Echo', position]),
  );
});

it('identity_adopt of the API: the event says it all, no state is asked', () => {
  const life = begin();
  const proposal = life.add('identity_propose', { name: 'Nova', source: 'api', confidence: 1 });
  const adopted = life.add('identity_adopt', { name: 'Nova', source: 'api', confidence: 1, proposal: -1 });
  expect(projectionWhy.besides?.identity_adopt?.(adopted, life.events)).toEqual({
    cause: proposal,
    numbers: { source: 'api', name: 'Nova', previous: null, confidence: 1 },
  });
  const byUser = { ...adopted, meta: { ...adopted.meta, source: 'user' } };
  expect(projectionWhy.besides?.identity_adopt?.(byUser, life.events)).toBeNull();
  const byModel = { ...adopted, meta: { ...adopted.meta, source: 'assistant' } };
  expect([adopted, byUser, byModel].map((event) => projectionWhy.onState?.(event))).toEqual([
    false,
    false,
    true,
  ]);
});
