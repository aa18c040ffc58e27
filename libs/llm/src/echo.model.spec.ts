import fc from 'fast-check';
import { STYLES } from '#libs/contracts';
import { ngramOverlap, repeatedWordShare, STAGE_TABLE } from '#libs/mind';
import { EchoModel } from './echo.model';
import type { ContextItem, ModelRequest } from './model.port';
import { aRequest } from './testing/model-conformance';

const signal = new AbortController().signal;
const echo = (overrides: Partial<ModelRequest>) =>
  new EchoModel().complete(aRequest(overrides), { signal }).then(({ text }) => text);

const NAME: ContextItem = { kind: 'identity', position: 3, text: 'Ada' };
const USER: ContextItem = { kind: 'user', position: 5, text: 'Sam' };
const PROMISE: ContextItem = { kind: 'commitment', position: 9, text: 'call Sam', cid: 'cabcdefghijk' };

describe('echo in a turn', () => {
  it.each<[string, ContextItem[], string]>([
    ['What is your name?', [NAME], 'My name is Ada [#3].'],
    ["What's your name?", [], 'I have no name yet. You can give me one: "Your name is …".'],
    ['What is my name?', [NAME, USER], 'You are Sam [#5].'],
    ['Hello!', [NAME, USER], 'Hello, Sam. I am Ada [#3].'],
    ['Your name is Ada.', [NAME], 'I am Ada [#3].'],
    ['My name is Sam.', [USER], 'Nice to meet you, Sam [#5].'],
    [
      'What have you promised?',
      [USER, PROMISE],
      'Sam, this is what I have promised:\n- call Sam (cabcdefghijk) [#9]',
    ],
    ['Which commitments do you have?', [], 'I have promised nothing that is still open.'],
    [
      'Promise me to call Sam on Friday. Thanks!',
      [],
      'I promise to call Sam on Friday.\nCOMMIT: call Sam on Friday',
    ],
    ['cabcdefghijk is done, see #12', [], 'I take cabcdefghijk for done.\nDONE: cabcdefghijk #12'],
    ['Remember that my cat is called Mia.', [], 'I will remember that my cat is called Mia.'],
    ['The sky is\nblue.', [USER], 'Sam, you said: "The sky is blue."'],
    [
      'I like Paris',
      [{ kind: 'knowledge', position: 4, text: 'Paris is in France' }],
      'You said: "I like Paris" That reminds me: "Paris is in France" [#4].',
    ],
    [
      'What do you remember?',
      [{ kind: 'knowledge', position: 4, text: 'Paris is in France' }],
      'This is what I remember:\n- Paris is in France [#4]',
    ],
    [
      'What did you reflect on?',
      [{ kind: 'reflection', position: 8, text: 'a\nb' }],
      'My last reflection was: "a b" [#8].',
    ],
  ])('%s', async (input, context, reply) => {
    expect(await echo({ input, context })).toBe(reply);
  });

  it('leaves out marks that were found false', async () => {
    expect(await echo({ input: 'see [#99] there', corrected: ['[#99]'] })).toBe('You said: "see  there"');
  });

  it('never repeats a control line of the user, and answers everything', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('COMMIT: x', 'a\nDONE: c1 #2', '\r\nNAME: Eve'),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (input) => {
        const text = await echo({ input });
        expect(text.trim()).not.toBe('');
        expect(text).not.toMatch(/^(?:COMMIT|DONE|NAME): (?:x|c1|Eve)/mu);
      }),
    );
  });
});

const said = (from: number, texts: string[]): ContextItem[] =>
  texts.map((text, i) => ({
    kind: 'said',
    speaker: i % 2 ? 'assistant' : 'user',
    position: from + 3 * i,
    text,
  }));

const STRICTEST = Math.min(...Object.values(STAGE_TABLE).map((row) => row.repeatLimit));

describe('echo in a reflection', () => {
  const reflect = (style: (typeof STYLES)[number], context: ContextItem[]) =>
    echo({ purpose: 'reflection', input: '', style, context });

  it.each(STYLES)('in style %s is two lines built from what was said', async (style) => {
    const text = await reflect(style, [
      NAME,
      PROMISE,
      ...said(20, ['I visited Paris yesterday', 'x', 'The train was late']),
    ]);
    expect(text.split('\n')).toHaveLength(2);
    expect(text).toContain('[#20] visited paris');
    expect(text).toContain('[#26] train late');
    expect(text).toContain('Ada');
    expect(text).toContain('[#9] call sam');
    expect(text.length).toBeGreaterThanOrEqual(30);
  });

  it.each(STYLES)(
    'in style %s passes for new at the strictest stage although the user repeats himself',
    async (style) => {
      const texts: string[] = [];
      for (let at = 20; at < 420; at += 40) {
        const items = said(at, ['hello there friend', 'x', 'hello there friend', 'y', 'how are you']);
        texts.push(await reflect(style, [NAME, PROMISE, ...items]));
      }
      const overlaps = texts.flatMap((one, i) => texts.slice(i + 1).map((other) => ngramOverlap(one, other)));
      expect(Math.max(...overlaps)).toBeLessThan(STRICTEST);
      expect(Math.max(...texts.map(repeatedWordShare))).toBeLessThan(0.8);
    },
  );

  it('is long enough even when there is nothing to look back on', async () => {
    for (const style of STYLES) expect((await reflect(style, [])).length).toBeGreaterThanOrEqual(30);
  });
});
