import { STAGES } from '#libs/contracts';
import { digestOf, foldAll } from '#libs/kernel';
import { SERVICE_FOLDS } from '#libs/mind';
import { scriptedLife } from './scripted-life';
import { World } from './world';

/** Positions of the ten samples that a stage_update stands on, from the log alone. */
const samplesBefore = (world: World, position: number) =>
  world
    .kinds('autonomy_tick')
    .filter((tick) => tick.position < position)
    .slice(-10);

describe('a scripted life of 300 turns and more than 2,000 ticks', () => {
  const { world, marks } = scriptedLife();
  const stagesOf = (up: boolean) =>
    world.kinds('stage_update').filter(({ meta }) => {
      const [from, to] = [meta['from'], meta['to']].map((stage) => STAGES.indexOf(stage as 'S0'));
      return up ? (to ?? 0) > (from ?? 0) : (to ?? 0) < (from ?? 0);
    });

  it('has its turns and ticks', () => {
    expect(world.kinds('user_message')).toHaveLength(300);
    expect(world.kinds('autonomy_tick').length).toBeGreaterThan(2_000);
    for (const kind of [
      ...['turn_failed', 'identity_adopt', 'commitment_open', 'commitment_close', 'reflection'],
      ...['reflection_rejected', 'bandit_reward', 'meta_reflection', 'self_assessment', 'trait_update'],
      ...['policy_update', 'metrics_update', 'knowledge_assert', 'autonomy_directive', 'user_identity_set'],
    ])
      expect([kind, world.kinds(kind).length > 0]).toEqual([kind, true]);
  });

  it('goes up and down the stages one at a time, each on ten samples', () => {
    expect(stagesOf(true).length).toBeGreaterThan(0);
    expect(stagesOf(false).length).toBeGreaterThan(0);
    for (const { meta } of world.kinds('stage_update')) {
      const steps = STAGES.indexOf(meta['to'] as 'S0') - STAGES.indexOf(meta['from'] as 'S0');
      expect(Math.abs(steps)).toBe(1);
    }
    const [down] = stagesOf(false);
    const samples = samplesBefore(world, down?.position ?? 0);
    const past = foldAll(
      SERVICE_FOLDS.projection,
      world.log.slice(0, (down?.position ?? 1) - 1),
    ) as unknown as World['self'];
    expect(past.samples.samples.map(({ position }) => position)).toEqual(
      samples.map(({ position }) => position),
    );
  });

  it('moves no trait in an idle stretch of 500 ticks', () =>
    expect(marks.traitsAfter).toEqual(marks.traitsBefore));

  it('grows by at most 1.2 events a tick in it', () =>
    expect((marks.idleTo - marks.idleFrom) / 500).toBeLessThanOrEqual(1.2));

  it('rewards each reflection at most once, to the style it had, 3 ticks later', () => {
    const reflections = new Map(world.kinds('reflection').map((event) => [event.position, event]));
    const rewarded = world.kinds('bandit_reward').map(({ meta }) => meta['reflection']);
    expect(new Set(rewarded).size).toBe(rewarded.length);
    for (const { position, meta } of world.kinds('bandit_reward')) {
      const reflection = reflections.get(meta['reflection'] as number);
      expect(reflection?.meta['style']).toBe(meta['style']);
      const ticks = world
        .kinds('autonomy_tick')
        .filter((tick) => tick.position > (reflection?.position ?? 0) && tick.position < position);
      expect(ticks).toHaveLength(3);
    }
  });

  it('opens each commitment once, and closes only with evidence that exists', () => {
    for (const { position, meta } of world.kinds('commitment_close')) {
      const open = world
        .kinds('commitment_open')
        .findLast((event) => event.meta['cid'] === meta['cid'] && event.position < position);
      expect(open).toBeDefined();
      for (const evidence of meta['evidence'] as number[])
        expect(evidence < position && evidence > (open?.position ?? 0)).toBe(true);
    }
  });

  it('lets a turn that stays open fail after 10 minutes, once', () => {
    const timeouts = world.kinds('turn_failed').filter(({ meta }) => meta['code'] === 'timeout');
    expect(timeouts.length).toBeGreaterThan(0);
    const open = world.kinds('user_message').filter(({ meta }) => !world.hasOutcome(String(meta['turnId'])));
    expect(open).toEqual([]);
  });

  it('comes to equal digests when it is folded again', () => {
    const again = scriptedLife().world;
    expect(again.log.at(-1)?.hash).toBe(world.log.at(-1)?.hash);
    for (const fold of Object.values(SERVICE_FOLDS)) {
      expect(digestOf(fold, foldAll(fold, world.log))).toBe(digestOf(fold, foldAll(fold, again.log)));
    }
    expect(digestOf(SERVICE_FOLDS.projection, foldAll(SERVICE_FOLDS.projection, world.log))).toBe(
      digestOf(SERVICE_FOLDS.projection, world.self as unknown as Record<string, unknown>),
    );
  });

  it('decides nothing twice', () => expect(world.refused).toBe(0));
});

describe('adoption of a name', () => {
  const world = new World('ada', () => 'I have a new name and I like it.\nI will keep what I promised.');
  world.turn('first', 'Your name is Nova.', 'Thank you.');
  for (let n = 0; n < 40; n++) {
    world.turn(`t${n}`, 'promise', `Yes.\nCOMMIT: ${n < 15 ? `task ${n} of Nova` : `task ${n}`}`);
  }
  for (let n = 0; n < 20; n++) world.tick();
  const before = world.log.length;

  it('is 2 events, 15 rebinds and at most one reflection', () => {
    world.turn('second', 'Your name is Echo.', 'Thank you.');
    const adopted = world.log.slice(before).map(({ kind }) => kind);
    expect(adopted.filter((kind) => kind.startsWith('identity_'))).toHaveLength(2);
    expect(adopted.filter((kind) => kind === 'commitment_rebind')).toHaveLength(15);
    expect(adopted).toHaveLength(2 + 2 + 15);
    expect([...world.promises.commitments.open.values()].filter(({ text }) => text.includes('Nova'))).toEqual(
      [],
    );
    for (let n = 0; n < 30; n++) world.wait(10).tick();
    const forced = world.log.slice(before).filter(({ meta }) => meta['trigger'] === 'identity');
    expect(forced.length).toBeLessThanOrEqual(1);
    expect(forced).toHaveLength(1);
  });
});
