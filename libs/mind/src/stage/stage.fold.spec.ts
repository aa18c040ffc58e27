import { Life } from '#test/replay/life';
import { projectionFold } from '../services';
import { STAGE_TABLE } from './stage.constants';

describe('the stage', () => {
  it('is S0 for a new mind, and changed only by stage_update', () => {
    const life = new Life(projectionFold);
    expect(life.state.stage).toEqual({ stage: 'S0', position: 0 });
    life.tick(20);
    expect(life.state.stage.stage).toBe('S0');
    const update = life.add('stage_update', { from: 'S0', to: 'S1', ias: 0.5, gas: 0.5 });
    expect(life.state.stage).toEqual({ stage: 'S1', position: update.position });
  });

  it('an unknown stage is none', () => {
    const life = new Life(projectionFold);
    life.imported('stage_update', { to: 'S9' });
    expect(life.state.stage.stage).toBe('S0');
  });
});

describe('the samples', () => {
  it('are the last 10 read-outs, each after its tick’s own effect, imported ticks too', () => {
    const life = new Life(projectionFold);
    life.imported('commitment_close');
    for (let n = 0; n < 8; n++) life.imported('autonomy_tick');
    life.tick(4);
    const { samples } = life.state.samples;
    expect(samples.map(({ tick }) => tick)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(samples[9]).toMatchObject({ position: 13 });
    expect(samples[9]?.gas).toBeCloseTo(0.12 * 0.9995 ** 12 - 0.05, 12);
  });
});

describe('the table', () => {
  it('is that of the design', () =>
    expect(Object.values(STAGE_TABLE).map((row) => Object.values(row))).toEqual([
      [1.0, 1.0, 1.0, 2, 20, 0.75],
      [1.25, 1.1, 1.0, 3, 35, 0.65],
      [1.1, 1.25, 1.0, 4, 50, 0.55],
      [1.0, 1.2, 0.8, 5, 70, 0.45],
      [0.9, 1.1, 0.7, 6, 90, 0.4],
    ]));
});
