import type { MindEvent } from '#libs/contracts';
import { World } from '#test/replay/world';
import { whysOver } from '#test/replay/world-whys';

const { projection, reflection, conversation } = whysOver;
const TEXT = 'I was asked about the garden today.\nI will look after what I have promised there.';

describe('an attempt is matched to the tick at which it began', () => {
  const requested = (world: World, n: number) =>
    world.append([
      { id: `00000000-0000-4000-8000-00000000000${n}`, kind: 'reflection_requested', content: '', meta: {} },
    ]);

  it('a reflection by the position that it names, also when later ticks came before its append', async () => {
    const world = new World('ada', () => TEXT);
    requested(world, 1);
    world.tick();
    const [looked, tick] = [world.kinds('reflection')[0], world.kinds('autonomy_tick')[0]] as [
      MindEvent,
      MindEvent,
    ];
    const to = looked.meta['to'] as number;
    // Another tick came while the model was writing, and its gate was as open.
    const later = { ...tick, position: to + 1, meta: { ...tick.meta, tick: 2 } };
    const one = { ...looked, position: to + 2 };
    const { of, folded } = reflection([...world.log.slice(0, to), later, one]);
    const basis = await of(one);
    expect(basis?.cause).toEqual({ position: to, kind: 'autonomy_tick' });
    expect(basis?.numbers).toMatchObject({ gate: { trigger: 'manual', sameId: true, previousAttempt: 0 } });
    expect(folded).toEqual([to]);
  });

  it('a rejection to the first tick since the attempt before it that called for it; others are named', async () => {
    let text: string | null = 'no';
    const world = new World('ada', () => text);
    requested(world, 1);
    world.tick();
    text = null;
    requested(world, 2);
    world.tick();
    world.tick();
    text = 'no';
    world.tick();
    const ticks = world.kinds('autonomy_tick').map(({ position }) => position);
    const [first, second] = world.kinds('reflection_rejected');
    const { of, folded } = reflection(world.log);
    expect((await of(first))?.cause.position).toBe(ticks[0]);
    expect((await of(first))?.numbers['begun']).toEqual({ certain: true, orBegunAt: [] });
    folded.length = 0;
    const basis = await of(second);
    // The ticks before the first attempt had the same trigger and style, and are none of them.
    expect(basis?.cause.position).toBe(ticks[1]);
    expect(basis?.numbers).toMatchObject({
      gate: { previousAttempt: first?.position, sameId: true },
      begun: { certain: false, orBegunAt: [ticks[2], ticks[3]] },
    });
    expect(folded).toEqual(ticks.slice(1, 4));
  });

  it('which is not certain when that attempt is further back than one looks', async () => {
    let text: string | null = null;
    const world = new World('ada', () => text);
    for (let n = 0; n < 8; n++) world.tick();
    requested(world, 1);
    text = 'no';
    world.tick();
    const [rejected] = world.kinds('reflection_rejected');
    const ticks = world.kinds('autonomy_tick').map(({ position }) => position);
    const basis = await reflection(world.log).of(rejected);
    expect(basis?.cause.position).toBe(ticks[8]);
    expect(basis?.numbers['begun']).toEqual({ certain: false, orBegunAt: [] });
  });

  it('in a copied mind too, whose ids are of another mind', async () => {
    const world = new World('eve', () => 'no');
    requested(world, 1);
    world.tick();
    const copied = world.log.map((event) => ({ ...event, mind: 'ada' }));
    const basis = await reflection(copied).of(world.kinds('reflection_rejected')[0]);
    expect(basis?.numbers).toMatchObject({ gate: { trigger: 'manual', sameId: false } });
  });
});

describe('an adoption', () => {
  it('of the user is explained by the user’s words; the projection folds no past state for it', async () => {
    const world = new World();
    for (let n = 0; n < 9; n++) world.tick();
    world.turn('t1', 'Hello. Your name is Nova.', 'Thank you.');
    const [adopted] = world.kinds('identity_adopt');
    const { of, folded } = projection(world.log);
    expect(await of(adopted)).toBeNull();
    expect(folded).toEqual([]);
    expect(await conversation(world.log).of(adopted)).toMatchObject({
      seen: 'log',
      cause: { kind: 'user_message' },
      numbers: { said: 'Hello. Your name is Nova.' },
    });
  });

  it('of the model is explained on the state at its tick', async () => {
    const world = new World();
    world.turn('t1', 'Who are you?', 'I am new.\nNAME: Nova');
    world.tick();
    const [adopted] = world.kinds('identity_adopt');
    const [tick] = world.kinds('autonomy_tick');
    expect(await projection(world.log).of(adopted)).toMatchObject({
      ...{ rule: 'adopt_proposal', seen: 'state', cause: { position: tick?.position } },
      numbers: { nameBefore: null, proposals: [{ name: 'Nova' }] },
    });
  });
});

describe('a rule', () => {
  it('is looked for at earlier ticks when its append came late', async () => {
    const world = new World();
    for (let n = 0; n < 4; n++) world.turn(`t${n}`, 'promise', `Yes.\nCOMMIT: plant tree ${n}`);
    world.tick();
    const [update] = world.kinds('metrics_update');
    const tick = world.kinds('autonomy_tick')[0] as MindEvent;
    const late = { ...(update as MindEvent), position: world.log.length + 3 };
    const more = [1, 2].map((n) => ({
      ...tick,
      position: world.log.length + n,
      meta: { ...tick.meta, tick: 1 + n },
    }));
    const log = [...world.log.filter(({ kind }) => kind !== 'metrics_update'), ...more, late].map(
      (event, n) => ({
        ...event,
        position: n + 1,
      }),
    );
    const { of, folded } = projection(log);
    expect((await of(log.at(-1)))?.rule).toBe('metrics_update');
    expect(folded.length).toBeGreaterThan(1);
    expect(folded).toEqual([...folded].sort((one, other) => other - one));
  });
});

describe('no basis', () => {
  const world = new World();
  world.turn('t1', 'Hello.', 'Hello.');
  const { whys, of } = conversation(world.log);

  it('is found for what a user said, and for what an import brought', async () => {
    expect(await of(world.kinds('user_message')[0])).toBeNull();
    const [reply] = world.kinds('assistant_message');
    expect(await of(reply)).not.toBeNull();
    const imported = world.log.map((event) => ({ ...event, meta: { ...event.meta, legacy: { id: 1 } } }));
    expect(await conversation(imported).of(reply)).toBeNull();
  });

  it('a position beyond the head is not found', () =>
    expect(whys.of({ mind: 'ada', position: 99 }, 0)).rejects.toMatchObject({ code: 'not_found' }));
});
