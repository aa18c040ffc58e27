import { SKIPS, TRIGGERS, type Gate } from '#libs/contracts';
import { ReflectingMind } from '../testing/reflecting-mind';

const usage = { inputTokens: 600, outputTokens: 600 };
const requested = (...steps: ConstructorParameters<typeof ReflectingMind>) => {
  const mind = new ReflectingMind(...steps);
  mind.add('reflection_requested');
  return mind;
};
const talked = (turns: number) => {
  const mind = new ReflectingMind();
  for (let n = 0; n < turns; n++) mind.turn();
  return mind;
};

/** A way of a running service to each reason that the gate can give. */
const WAYS: Record<Gate['reason'], () => ReflectingMind | Promise<ReflectingMind>> = {
  no_new_material: () => new ReflectingMind(),
  min_turns: () => talked(1),
  min_time: () => talked(2),
  budget: () => {
    const mind = requested();
    mind.budget.record('ada', usage);
    return mind;
  },
  in_flight: async () => {
    const mind = requested({ hang: true });
    await mind.tick();
    return mind;
  },
  model_unavailable: async () => {
    const mind = requested({ fail: 'model_unavailable' }, { fail: 'model_unavailable' });
    await mind.tick();
    await mind.tick();
    return mind;
  },
  manual: () => requested(),
  identity: () => {
    const mind = new ReflectingMind();
    mind.add('identity_adopt', { name: 'Nova', source: 'api', confidence: 1 });
    return mind;
  },
  cadence: () => {
    const mind = talked(1);
    mind.wait(20);
    mind.turn();
    return mind;
  },
  growth: () => {
    const mind = talked(1);
    mind.add('metrics_update', { ias: 0, gas: 0.05 });
    return mind;
  },
  stuck: async () => {
    const mind = talked(1);
    for (let n = 0; n < 3; n++) await mind.tick();
    return mind;
  },
};

/** What `GET …/reflections` answers about the gate. */
const shown = async (mind: ReflectingMind): Promise<Gate> =>
  (await mind.reflections.list({ mind: 'ada', limit: 20 }, 0)).gate;

describe('the list of reflections shows the gate', () => {
  it.each([...SKIPS])('held by %s', async (reason) => {
    const mind = await WAYS[reason]();
    expect(await shown(mind)).toMatchObject({ wouldReflect: false, reason });
    await mind.attempts.close(0);
  });

  it.each([...TRIGGERS])('opened by %s', async (reason) =>
    expect(await shown(await WAYS[reason]())).toMatchObject({ wouldReflect: true, reason }),
  );

  it('as the next tick then finds it', async () => {
    for (const reason of [...SKIPS, ...TRIGGERS]) {
      const mind = await WAYS[reason]();
      await mind.tick();
      expect(mind.reasons.at(-1)).toBe(reason);
      await mind.attempts.close(0);
    }
  });

  it('again without what held it: the failed model is asked after its pause, the open call has come back', async () => {
    const mind = await WAYS.model_unavailable();
    await mind.tick();
    expect(await shown(mind)).toMatchObject({ wouldReflect: true, reason: 'manual' });
    const open = await WAYS.in_flight();
    await open.attempts.close(0);
    expect((await shown(open)).reason).toBe('manual');
  });

  it('with turns, seconds and what they have to reach', async () => {
    const mind = talked(2);
    expect(await shown(mind)).toMatchObject({ turnsSince: 2, secondsSince: 3, minTurns: 2, minSeconds: 20 });
  });
});
