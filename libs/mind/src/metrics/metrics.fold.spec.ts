import { composeFold } from '#libs/kernel';
import { Life } from '#test/replay/life';
import { clockSection, type ClockState } from '../clock/clock.fold';
import { metricsSection, type MetricsState } from './metrics.fold';
import { metricsReadOut } from './metrics.read-out';
import { scoresSection, type ScoresState } from './scores.fold';

const fold = composeFold<{ clock: ClockState; metrics: MetricsState; scores: ScoresState }>(1, {
  clock: clockSection,
  metrics: metricsSection,
  scores: scoresSection,
});
const begin = () => new Life(fold);
const raw = ({ state: { metrics } }: ReturnType<typeof begin>) => ({ ias: metrics.ias, gas: metrics.gas });

/** Imports, where the raw scores are not clipped: the original's rules as they are. */
const imported = () => {
  const life = begin();
  return Object.assign(life, {
    ticks: (count: number) => {
      for (let n = 0; n < count; n++) life.imported('autonomy_tick');
    },
    adopts: (name: string, confidence: number | string = 1) =>
      life.imported('identity_adopt', { name, confidence }),
    opens: (content: string, text?: string) =>
      life.imported('commitment_open', text === undefined ? { cid: 'c' } : { cid: 'c', text }, content),
  });
};

describe('a tick', () => {
  it('multiplies both scores with 0.9995', () => {
    const life = imported();
    life.imported('commitment_close');
    life.imported('reflection', {}, 'my name is');
    life.ticks(1);
    expect(raw(life)).toEqual({ ias: 0.01 * 0.9995, gas: 0.12 * 0.9995 });
  });

  it('adds 0.03 to IAS at each fifth one after a valid adoption, after the decay', () => {
    const life = imported();
    life.adopts('Nova', 0.9);
    life.ticks(4);
    expect(raw(life).ias).toBe(0);
    life.ticks(1);
    expect(raw(life).ias).toBe(0.03);
    life.ticks(5);
    expect(raw(life).ias).toBeCloseTo(0.03 * 0.9995 ** 5 + 0.03, 15);
  });

  it.each([
    ['Nova', 0.89],
    ['Nova', '0.95'],
    ['  ', 1],
  ])('adds nothing after an adoption of %j with confidence %j', (name, confidence) => {
    const life = imported();
    life.adopts(name, confidence);
    life.ticks(10);
    expect(raw(life).ias).toBe(0);
  });
});

describe('an adoption', () => {
  it('of another name within 5 ticks takes 0.08; case does not make another name', () => {
    const life = imported();
    life.adopts('Nova', 0.5);
    life.adopts('NOVA', 0.5);
    expect(raw(life).ias).toBe(0);
    life.adopts('Echo', 0.5);
    expect(raw(life).ias).toBe(-0.08);
    life.ticks(5);
    life.adopts('Ada', 0.5);
    expect(raw(life).ias).toBeCloseTo(-0.08 * 0.9995 ** 5 - 0.08 + 0.03, 15);
    life.ticks(6);
    const before = raw(life).ias;
    life.adopts('Echo', 0.5);
    expect(raw(life).ias).toBeCloseTo(before + 0.03, 15);
  });

  it('adds 0.03 for each 5 ticks since the one before, valid or not, of the same name too', () => {
    const life = imported();
    life.adopts('Nova', 0.5);
    life.ticks(14);
    life.adopts('Nova', 0.5);
    expect(raw(life).ias).toBeCloseTo(0.06, 15);
  });

  it('without a name is the one before all the same, and flips nothing', () => {
    const life = imported();
    life.adopts('Nova', 0.5);
    life.adopts('');
    life.adopts('Echo', 0.5);
    expect(raw(life).ias).toBe(0);
  });

  it('goes by the sanitized name, else the name, else the content', () => {
    const life = imported();
    life.imported('identity_adopt', { sanitized: 'Nova', name: 'Nova the Great', confidence: 0.5 });
    life.imported('identity_adopt', { sanitized: 5, name: ' nova ' }, 'Echo');
    life.imported('identity_adopt', { name: '' }, 'NOVA');
    expect(raw(life).ias).toBe(0);
  });
});

describe('an opened commitment', () => {
  it('adds 0.07 unless an equal text was opened at most 20 ticks ago', () => {
    const life = imported();
    life.opens('', 'Finish it');
    expect(raw(life).gas).toBe(0.07);
    life.ticks(20);
    const before = raw(life).gas;
    life.opens(' finish IT ');
    expect(raw(life).gas).toBe(before);
    life.ticks(20);
    life.opens('finish it');
    expect(raw(life).gas).toBeCloseTo(before * 0.9995 ** 20, 15);
    life.ticks(21);
    const later = raw(life).gas;
    life.opens('finish it');
    expect(raw(life).gas).toBeCloseTo(later + 0.07, 15);
  });

  it('goes by its content, and by the field only where there is none; without text it is nothing', () => {
    const life = imported();
    life.opens('', 'finish it');
    life.opens('other', 'finish it');
    expect(raw(life).gas).toBe(0.14);
    life.opens('   ', 'third');
    life.opens('');
    life.imported('commitment_open', { text: 7 });
    expect(raw(life).gas).toBe(0.14);
  });

  it('is remembered for 20 ticks, and long texts by their hash', () => {
    const life = imported();
    for (let n = 0; n < 3_000; n++) life.opens(`${'long '.repeat(100)}${n}`);
    expect(life.state.metrics.opens.size).toBe(2_000);
    expect([...life.state.metrics.opens.keys()][0]).toHaveLength(64);
    life.ticks(21);
    life.opens('new');
    expect(life.state.metrics.opens.size).toBe(1);
  });
});

describe('other events', () => {
  it('a close adds 0.12, also of a commitment that is not open', () => {
    const life = imported();
    life.imported('commitment_close', { cid: 'unknown' });
    expect(raw(life)).toEqual({ ias: 0, gas: 0.12 });
  });

  it.each([
    ['identity', 0],
    ['identity exactly 20c', 0],
    ['identity exactly 20 c', 0.01],
    [' IDENTITY 😀😀😀😀😀😀😀😀😀😀 ', 0],
    ['my name is', 0.01],
    ['What is MY NAME', 0.01],
    ['nothing of the kind in here', 0],
  ])('the reflection %j adds %d to IAS', (text, ias) => {
    const life = imported();
    life.imported('reflection', {}, text);
    expect(raw(life).ias).toBe(ias);
  });

  it('the first violation of each code and commitment takes 0.005 from both', () => {
    const life = imported();
    const violate = (code: string | number, details: object | null) =>
      life.imported('invariant_violation', { code, details: details as never });
    violate('A', {});
    violate('A', null);
    violate('A', { commitment_id: 'c1' });
    violate('A', { commitment_id: 'c1' });
    violate('B', { commitment_id: 'c1' });
    violate(5, {});
    violate('', {});
    expect(raw(life).ias).toBeCloseTo(-0.02, 15);
    expect(raw(life).gas).toBeCloseTo(-0.02, 15);
  });

  it('1,000 scored violations are remembered', () => {
    const life = imported();
    for (let n = 0; n < 1_500; n++) life.imported('invariant_violation', { code: `code ${n}` });
    expect(life.state.metrics.violations.size).toBe(1_000);
  });
});

describe('the read-out', () => {
  it('adds the feedback of the raw scores to each other, then clips', () => {
    expect(metricsReadOut(begin().state)).toEqual({ ias: 0, gas: 0 });
    const life = imported();
    for (let n = 0; n < 5; n++) life.imported('commitment_close');
    const { ias, gas } = metricsReadOut(life.state);
    expect(gas).toBeCloseTo(0.6 + 0.1 * (0 - 0.5), 15);
    expect(ias).toBeCloseTo(0.05 * (0.6 - 0.5), 15);
  });
});

describe('after an import', () => {
  const rich = () => {
    const life = imported();
    for (let n = 0; n < 100; n++) life.imported('commitment_close');
    return life;
  };

  it('the raw scores run on until the first event of our own, of whatever kind', () => {
    const life = rich();
    expect(raw(life).gas).toBeCloseTo(12, 9);
    expect(metricsReadOut(life.state).ias).toBeCloseTo(0.05 * 11.5, 9);
    life.add('user_message', { turnId: 'a' }, 'hello');
    expect(metricsReadOut(life.state)).toEqual({ ias: 0.05 * 0.5, gas: 1 - 0.05 });
  });

  it('the first event of our own acts on the raw scores and then clips them', () => {
    const first = rich();
    first.tick();
    expect(raw(first).gas).toBe(1);
    const second = rich();
    second.turn();
    second.tick();
    expect(raw(second).gas).toBe(0.9995);
  });
});

describe('our own events', () => {
  it('clip both scores to [0, 1] each', () => {
    const life = begin();
    for (let n = 0; n < 12; n++) life.close('c');
    expect(raw(life)).toEqual({ ias: 0, gas: 1 });
    life.adopt('Nova');
    life.adopt('Echo');
    expect(raw(life).ias).toBe(0);
  });

  it('a clearing ends the stability bonus; one of an import does not', () => {
    const own = begin();
    own.adopt('Nova');
    own.add('identity_clear', { reason: 'asked' });
    own.tick(10);
    expect(raw(own).ias).toBe(0);
    const old = imported();
    old.adopts('Nova');
    old.imported('identity_clear');
    old.ticks(5);
    expect(raw(old).ias).toBe(0.03);
  });
});

describe('the known scores', () => {
  it('are those of the last metrics_update of our own', () => {
    const life = begin();
    life.imported('metrics_update', { ias: 0.9, gas: 0.9 });
    expect(life.state.scores).toEqual({ position: 0, ias: 0, gas: 0 });
    life.add('metrics_update', { ias: 0.25, gas: 0.5 });
    expect(life.state.scores).toEqual({ position: 2, ias: 0.25, gas: 0.5 });
  });
});
