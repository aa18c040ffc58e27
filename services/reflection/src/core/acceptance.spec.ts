import { REJECTIONS } from '#libs/contracts';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { judgeReflection } from './acceptance';

const begin = () => new Life<ReflectionState>(reflectionFold);
const judge = (text: string, life = begin()) => judgeReflection(text, life.state);
const words = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => `word${from + n}`).join(' ');
const twoLines = (text: string) => `${text}\nand so on`;

describe('a reflection', () => {
  it('of 30 characters and 2 lines is accepted, with its overlap', () =>
    expect(judge('I looked back.\nIt was fine now')).toEqual({ accepted: true, overlap: 0 }));

  const REJECTED: Record<(typeof REJECTIONS)[number], string[]> = {
    too_short: ['', '   ', 'I looked back.\nIt was fine no', ` ${'a\n'.repeat(14)} `],
    too_long: [`${'a b c '.repeat(700)}\nx`],
    too_few_lines: ['I looked back at everything that was said today.', `${'x'.repeat(40)}\n \n\t`],
    repetitive: [`${'again '.repeat(30)}\nand again`],
    overlap: [],
  };
  const cases = Object.entries(REJECTED).flatMap(([why, texts]) => texts.map((text) => [why, text]));
  it.each(cases)('is rejected as %s: %j', (why, text) =>
    expect(judge(text ?? '')).toEqual({ accepted: false, reason: why }),
  );

  it('may have 4,000 characters, not 4,001', () => {
    const text = (length: number) => `${'😀'.repeat(length - 12)}\none two off`;
    expect(judge(text(4_000)).accepted).toBe(true);
    expect(judge(text(4_001))).toEqual({ accepted: false, reason: 'too_long' });
  });

  it('may repeat 80 % of its words', () => {
    const share = (distinct: number) => `${words(0, distinct)}\n${'word0 '.repeat(20 - distinct)}`;
    expect(judge(share(4)).accepted).toBe(true);
    expect(judge(share(3))).toMatchObject({ reason: 'repetitive' });
  });

  it.each([
    ['S0', 0.75],
    ['S1', 0.65],
    ['S2', 0.55],
    ['S3', 0.45],
    ['S4', 0.4],
  ] as const)('in %s is a repeat from an overlap of %d on', (to, limit) => {
    const life = begin();
    if (to !== 'S0') life.add('stage_update', { from: 'S0', to, ias: 1, gas: 1 });
    life.reflect(words(0, 22));
    const shared = (grams: number) => `${words(0, grams + 2)}\n${words(100, 20 - grams)}`;
    const at = limit * 20;
    expect(judge(shared(at), life)).toEqual({ accepted: false, reason: 'overlap', overlap: limit });
    expect(judge(shared(at - 1), life)).toEqual({ accepted: true, overlap: (at - 1) / 20 });
  });

  it('is compared with each of the last 10, and with no older one', () => {
    const life = begin();
    life.reflect(twoLines(words(0, 20)));
    for (let n = 1; n < 10; n++) life.reflect(twoLines(words(n * 100, 20)));
    expect(judge(`${words(0, 20)}\nthen`, life)).toMatchObject({ reason: 'overlap' });
    life.reflect(twoLines(words(5_000, 20)));
    expect(judge(`${words(0, 20)}\nthen`, life).accepted).toBe(true);
  });

  it('every reason is one that something emits', () => {
    const life = begin();
    life.reflect(words(0, 20));
    const emitted = new Set(
      [
        ...cases.map(([, text]) => judge(text ?? '')),
        judge(`${words(0, 20)}\n`, life),
        judge(`${words(0, 20)}\nso`, life),
      ].map((verdict) => (verdict.accepted ? '' : verdict.reason)),
    );
    for (const why of REJECTIONS) expect(emitted).toContain(why);
  });
});
