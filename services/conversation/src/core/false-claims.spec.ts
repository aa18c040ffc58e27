import { falseClaims } from './false-claims';

const truth = { contextPosition: 12, knownCids: new Set(['ckept']) };
const claims = (shown: string, doneCids: string[] = []) => falseClaims({ shown, doneCids }, truth);

describe('what an answer names and does not exist', () => {
  it.each([
    ['You said so [#12] and [#1].', []],
    ['You said so [#13].', ['[#13]']],
    ['Before everything [#0]', ['[#0]']],
    ['[#99999999999999999999999] [#13] [#13]', ['[#99999999999999999999999]', '[#13]']],
    ['#13 and (13) and [13] are no marks', []],
  ])('%s', (shown, expected) => {
    expect(claims(shown)).toEqual(expected);
  });

  it('are also commitments that this mind never had', () => {
    expect(claims('done', ['ckept', 'cother'])).toEqual(['cother']);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 500 }, (_, n) => `[#${100 + n}${'0'.repeat(300)}]`).join(' ');
    expect(claims(many)).toHaveLength(100);
    expect(claims(many).every((claim) => claim.length <= 200)).toBe(true);
  });
});
