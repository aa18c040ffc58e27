import { projectionFold, type ProjectionState } from '#libs/mind';
import { idsOf, Life } from '#test/replay/life';
import { driftRule } from './drift.rule';

const begin = (name: string | null = 'Nova') => {
  const life = new Life<ProjectionState>(projectionFold, [driftRule]);
  if (name !== null) life.adopt(name);
  return life;
};
const stage = (life: Life<ProjectionState>, to: 'S0' | 'S1' | 'S2' | 'S3' | 'S4') =>
  life.add('stage_update', { from: 'S0', to, ias: 0.5, gas: 0.5 });
const update = (delta: object, reason: string) => [
  { kind: 'trait_update', content: '', meta: { delta, reason } },
];

describe('close_rate_up', () => {
  const closing = (life: Life<ProjectionState>) => {
    life.tick(2);
    life.reflect();
    life.tick();
    life.open('c0');
    life.open('c1');
    life.close('c1');
  };

  it('moves conscientiousness when a commitment was closed after T1 and a reflection came after T2', () => {
    const life = begin();
    closing(life);
    expect(life.tick()).toEqual(update({ conscientiousness: 0.02 }, 'close_rate_up'));
  });

  it('does not when the close came before T1', () => {
    const life = begin();
    closing(life);
    life.tick();
    life.reflect();
    expect(life.tick()).toEqual([]);
  });

  it('does not when the reflection came before T2', () => {
    const life = begin();
    life.tick();
    life.reflect();
    life.tick(2);
    life.open('c0');
    life.open('c1');
    life.close('c1');
    expect(life.tick()).toEqual([]);
  });

  it('does not when what was closed was not open', () => {
    const life = begin();
    life.tick(2);
    life.reflect();
    life.close('unknown');
    expect(life.tick()).toEqual([]);
  });

  it('holds at the first tick of all', () => {
    const life = begin();
    life.open('c0');
    life.open('c1');
    life.close('c1');
    life.reflect();
    expect(life.tick()).toEqual(update({ conscientiousness: 0.02 }, 'close_rate_up'));
  });
});

describe('novelty_push', () => {
  it('moves openness when an attempt after T1 was rejected for overlap, and so was the one before it', () => {
    const life = begin();
    life.tick();
    life.reject();
    expect(life.tick()).toEqual([]);
    life.reject();
    expect(life.tick()).toEqual(update({ openness: 0.02 }, 'novelty_push'));
    expect(life.tick()).toEqual([]);
  });

  it.each([
    ['an accepted one between them', (life: Life<ProjectionState>) => void life.reflect()],
    ['one that was too short between them', (life: Life<ProjectionState>) => void life.reject('too_short')],
  ])('does not with %s', (_name, between) => {
    const life = begin();
    life.reject();
    between(life);
    life.reject();
    expect(life.tick()).toEqual([]);
  });
});

describe('stable_period', () => {
  const closed = (life: Life<ProjectionState>) => {
    life.open('c1');
    life.close('c1');
  };

  it('moves neuroticism when the last open commitment was closed 2 to 4 ticks ago', () => {
    const life = begin();
    closed(life);
    const decided = [life.tick(), life.tick(), life.tick(), life.tick(), life.tick()].map(
      (drafts) => drafts.length,
    );
    expect(decided).toEqual([0, 1, 1, 1, 0]);
    const other = begin();
    closed(other);
    expect(other.tick(2)).toEqual(update({ neuroticism: -0.02 }, 'stable_period'));
  });

  it('does so once for each such close', () => {
    const life = begin();
    closed(life);
    life.append(life.tick(2));
    expect([life.tick(), life.tick()]).toEqual([[], []]);
    life.tick();
    closed(life);
    life.append(life.tick(2));
    expect(life.state.traits.neuroticism).toBeCloseTo(0.46, 12);
  });

  it('does not when one is open, was opened since, or when the last one expired', () => {
    const open = begin();
    open.open('c0');
    closed(open);
    expect(open.tick(2)).toEqual([]);
    const since = begin();
    closed(since);
    since.open('c2');
    since.add('commitment_expire', { cid: 'c2', reason: 'ttl' });
    expect(since.tick(2)).toEqual([]);
  });
});

describe('trait drift', () => {
  it('needs a name', () => {
    const life = begin(null);
    life.open('c1');
    life.close('c1');
    expect(life.tick(2)).toEqual([]);
  });

  it.each([
    ['S0', 0.02, 0.02, -0.02],
    ['S1', 0.025, 0.022, -0.02],
    ['S2', 0.022, 0.025, -0.02],
    ['S3', 0.02, 0.024, -0.016],
    ['S4', 0.018, 0.022, -0.014],
  ] as const)(
    'is scaled by the stage before the tick’s own update: %s',
    (to, openness, conscientiousness, neuroticism) => {
      const life = begin();
      stage(life, to);
      life.reject();
      life.reject();
      life.open('c1');
      life.close('c1');
      life.tick();
      life.open('c2');
      life.close('c2');
      life.reflect();
      life.reject();
      life.reject();
      const [first, second] = life.tick();
      expect(first?.meta['delta']).toEqual({ conscientiousness });
      expect(second?.meta['delta']).toEqual({ openness });
      expect(life.tick()[0]?.meta['delta']).toEqual({ neuroticism });
    },
  );

  it('happens at most once in a window of 5 ticks for each reason, with the same id', () => {
    const life = begin();
    life.tick(4);
    const again = () => {
      life.open('c0');
      const cid = `c${life.position}`;
      life.open(cid);
      life.close(cid);
      life.reflect();
      return life.tick();
    };
    const first = again();
    expect(first).toHaveLength(1);
    const decisions = life.decisions();
    const second = again();
    expect(idsOf('ada', 'projection', 'trait_drift', life.decisions())).toEqual(
      idsOf('ada', 'projection', 'trait_drift', decisions),
    );
    life.append(second);
    expect([again(), again()]).toEqual([[], []]);
    expect(again()).toEqual([]);
    expect(again()).toHaveLength(1);
  });

  it('an idle mind’s traits do not move', () => {
    const life = begin();
    life.open('c1');
    life.turn();
    life.close('c1');
    life.reflect();
    for (let n = 0; n < 20; n++) life.append(life.tick());
    const traits = { ...life.state.traits };
    for (let n = 0; n < 500; n++) life.append(life.tick());
    expect(life.state.traits).toEqual(traits);
  });

  it('is not caused by what an import brought', () => {
    const life = begin();
    life.imported('commitment_open', { cid: 'a', text: 'x' });
    life.imported('commitment_close', { cid: 'a' });
    life.imported('reflection', {}, 'x');
    expect([life.tick(), life.tick(), life.tick()]).toEqual([[], [], []]);
  });
});
