import { STAGES } from '#libs/contracts';
import { projectionFold, type ProjectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { nextStage, stageRule } from './stage.rule';

describe('the stage that scores call for', () => {
  it.each([
    ['S0', 0.38, 0.23, 'S1'],
    ['S0', 0.379, 0.23, 'S0'],
    ['S0', 0.38, 0.229, 'S0'],
    ['S0', 1, 1, 'S1'],
    ['S0', 0, 0, 'S0'],
    ['S1', 0.53, 0.38, 'S2'],
    ['S1', 0.32, 0.17, 'S1'],
    ['S1', 0.319, 0.9, 'S0'],
    ['S1', 0.9, 0.169, 'S0'],
    ['S2', 0.73, 0.58, 'S3'],
    ['S2', 0.47, 0.32, 'S2'],
    ['S2', 0.469, 0.9, 'S1'],
    ['S3', 0.88, 0.78, 'S4'],
    ['S3', 0.67, 0.52, 'S3'],
    ['S3', 0.66, 0.9, 'S2'],
    ['S4', 1, 1, 'S4'],
    ['S4', 0.82, 0.72, 'S4'],
    ['S4', 0.819, 1, 'S3'],
    ['S4', 0, 0, 'S3'],
  ] as const)('in %s with %d and %d it is %s', (stage, ias, gas, next) =>
    expect(nextStage(stage, { ias, gas })).toBe(next),
  );

  it('raising a score never lowers it, and one step is the most', () => {
    for (const stage of STAGES)
      for (let ias = 0; ias <= 1; ias += 0.05)
        for (let gas = 0; gas <= 1; gas += 0.05) {
          const place = (scores: { ias: number; gas: number }) => STAGES.indexOf(nextStage(stage, scores));
          const here = place({ ias, gas });
          expect(Math.abs(here - STAGES.indexOf(stage))).toBeLessThanOrEqual(1);
          expect(place({ ias: ias + 0.05, gas })).toBeGreaterThanOrEqual(here);
          expect(place({ ias, gas: gas + 0.05 })).toBeGreaterThanOrEqual(here);
        }
  });
});

describe('stage_update', () => {
  const rich = () => {
    const life = new Life<ProjectionState>(projectionFold, [stageRule]);
    life.adopt('Nova');
    for (let n = 0; n < 60; n++) life.reflect('my name is Nova, still\nand always');
    for (let n = 0; n < 9; n++) life.close('c');
    return life;
  };

  it('comes at a tick, on the means of at least 3 samples, one step at a time', () => {
    const life = rich();
    expect([life.tick(), life.tick()]).toEqual([[], []]);
    const [up] = life.tick();
    const { samples } = life.state.samples;
    const mean = (score: 'ias' | 'gas') => samples.reduce((sum, sample) => sum + sample[score], 0) / 3;
    expect(up?.meta).toEqual({ from: 'S0', to: 'S1', ias: mean('ias'), gas: mean('gas') });
    life.append(up ? [up] : []);
    expect(life.tick()[0]?.meta).toMatchObject({ from: 'S1', to: 'S2' });
  });

  it('comes down too, when the mean of the last 10 has fallen', () => {
    const life = rich();
    for (let n = 0; n < 6; n++) life.append(life.tick());
    expect(life.state.stage.stage).toBe('S2');
    life.add('identity_clear', { reason: 'asked' });
    let ticks = 0;
    while (life.state.stage.stage === 'S2' && ticks++ < 2_000) life.append(life.tick());
    expect(life.state.stage.stage).toBe('S1');
    const { samples } = life.state.samples;
    expect(samples).toHaveLength(10);
    expect(samples.reduce((sum, { ias }) => sum + ias, 0) / 10).toBeLessThan(0.47);
  });

  it('imported ticks are sampled, and nothing is decided on them', () => {
    const life = new Life<ProjectionState>(projectionFold, [stageRule]);
    life.imported('identity_adopt', { name: 'Nova', confidence: 1 });
    for (let n = 0; n < 20; n++) life.imported('commitment_close');
    for (let n = 0; n < 200; n++) life.imported('autonomy_tick');
    expect(life.state.stage.stage).toBe('S0');
    expect(life.tick()[0]?.meta).toMatchObject({ from: 'S0', to: 'S1' });
  });
});
