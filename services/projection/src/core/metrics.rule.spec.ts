import { projectionFold, type ProjectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { metricsRule } from './metrics.rule';

const begin = () => new Life<ProjectionState>(projectionFold, [metricsRule]);

describe('metrics_update', () => {
  it('is appended at a tick when GAS has moved by 0.02 since the last one', () => {
    const life = begin();
    expect(life.tick()).toEqual([]);
    life.open('c1');
    // Of the raw 0.07, feedback takes 0.05: not far enough.
    expect(life.tick()).toEqual([]);
    life.open('c2');
    const [update] = life.tick();
    expect(update).toMatchObject({ kind: 'metrics_update', content: '' });
    expect(update?.meta['gas']).toBeCloseTo(0.07 * 0.9995 ** 2 + 0.07 * 0.9995 - 0.05, 12);
  });

  it('is appended when IAS has moved by 0.05', () => {
    const life = begin();
    life.add('metrics_update', { ias: 0, gas: 0 });
    for (let n = 0; n < 4; n++) life.reflect('my name is Nova, still\nand always');
    expect(life.tick()).toEqual([]);
    for (let n = 0; n < 5; n++) life.reflect('my name is Nova, still\nand always');
    expect(life.tick()).toHaveLength(1);
  });

  it('is not appended again once it is in the log', () => {
    const life = begin();
    life.open('c1');
    life.close('c1');
    life.append(life.tick());
    expect(life.state.scores.position).toBe(4);
    expect(life.tick()).toEqual([]);
  });

  it('an idle mind writes at most 1.2 events a tick', () => {
    const life = begin();
    life.adopt('Nova');
    for (let n = 0; n < 12; n++) {
      life.open(`c${n}`);
      life.close(`c${n}`);
    }
    const before = life.position;
    for (let n = 0; n < 2_000; n++) life.append(life.tick());
    expect((life.position - before) / 2_000).toBeLessThanOrEqual(1.2);
    expect(life.position - before).toBeGreaterThan(2_000);
  });
});
