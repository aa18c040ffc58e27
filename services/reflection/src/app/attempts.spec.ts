import { ReflectingMind } from '../testing/reflecting-mind';

const TEXT = 'I was asked about the garden today.\nI will look after what I have promised there.';

describe('attempts at a reflection', () => {
  it('asks the model beside the feed and appends what it wrote', async () => {
    const world = new ReflectingMind({ say: `${TEXT}\nCOMMIT: weed the garden` });
    world.add('reflection_requested');
    await world.tick();
    expect(world.kinds()).toEqual(['reflection_requested', 'autonomy_tick', 'reflection', 'commitment_open']);
    expect(world.model.requests[0]).toMatchObject({ purpose: 'reflection', style: 'succinct' });
    expect(world.reasons).toEqual(['manual']);
  });

  it('appends a rejection, and nothing else, for a text that is not good enough', async () => {
    const world = new ReflectingMind({ say: 'no.\nCOMMIT: weed the garden' });
    world.add('reflection_requested');
    await world.tick();
    expect(world.kinds().slice(2)).toEqual(['reflection_rejected']);
  });

  it('never alters a mind when the model fails or answers nothing; asks again after 1, 2, 4 … ticks', async () => {
    const world = new ReflectingMind(
      { fail: 'model_unavailable' },
      { say: ' ' },
      { fail: 'model_refused' },
      { say: TEXT },
    );
    world.add('reflection_requested');
    for (let n = 0; n < 8; n++) await world.tick();
    expect(world.reasons).toEqual([
      'manual',
      'manual',
      'model_unavailable',
      'manual',
      'model_unavailable',
      'model_unavailable',
      'model_unavailable',
      'manual',
    ]);
    expect(world.kinds().filter((kind) => kind !== 'autonomy_tick')).toEqual([
      'reflection_requested',
      'reflection',
    ]);
  });

  it('has one call in flight', async () => {
    const world = new ReflectingMind({ hang: true });
    world.add('reflection_requested');
    await world.tick();
    await world.tick();
    expect(world.reasons).toEqual(['manual', 'in_flight']);
    expect(world.model.requests).toHaveLength(1);
    await world.attempts.close(0);
  });

  it('drops a result when another attempt was recorded meanwhile', async () => {
    let answer: (text: string) => void = () => undefined;
    const world = new ReflectingMind({ say: TEXT });
    const said = new Promise<string>((resolve) => (answer = resolve));
    const complete = world.model.complete.bind(world.model);
    world.model.complete = async (request, options) => {
      await said;
      return complete(request, options);
    };
    world.add('reflection_requested');
    await world.tick();
    world.add('reflection_rejected', { trigger: 'manual', style: 'succinct', reason: 'too_short' });
    answer('now');
    await world.attempts.close(1_000);
    expect(world.kinds()).not.toContain('reflection');
  });

  it('aborts a call that is still open when patience ends; nothing is appended for it', async () => {
    const world = new ReflectingMind({ hang: true });
    world.add('reflection_requested');
    await world.tick();
    await world.attempts.close(10);
    expect(world.kinds()).toEqual(['reflection_requested', 'autonomy_tick']);
  });

  it('counts its patience from when the process was told to end, and begins no call after that', async () => {
    const world = new ReflectingMind({ hang: true }, { say: TEXT });
    world.add('reflection_requested');
    await world.tick();
    world.attempts.begin(10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await world.tick();
    await world.tick();
    await world.attempts.close(60_000);
    expect(world.model.requests).toHaveLength(1);
    expect(world.kinds()).not.toContain('reflection');
  });
});
