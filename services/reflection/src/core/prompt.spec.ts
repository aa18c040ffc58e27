import { STYLES } from '#libs/contracts';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { reflectionPrompt } from './prompt';

const begin = () => new Life<ReflectionState>(reflectionFold);
const prompt = (life: Life<ReflectionState>) => reflectionPrompt(life.state, 'cadence', life.position);
const textOf = ({ messages }: ReturnType<typeof prompt>) => messages.map(({ content }) => content).join('\n');

describe('the prompt of a reflection', () => {
  it('is changed by the style that the bandit chose', () => {
    const life = begin();
    const prompts = STYLES.map((style) => {
      const asked = prompt(life);
      expect(asked.style).toBe(style);
      life.add('reflection_rejected', { trigger: 'cadence', style, reason: 'too_short' });
      return asked.messages[0]?.content;
    });
    expect(new Set(prompts).size).toBe(STYLES.length);
  });

  it('tells who the mind is and what it is bound to, each with its position', () => {
    const life = begin();
    life.adopt('Nova');
    life.add('user_identity_set', { name: 'Sam', confidence: 1 });
    life.add('autonomy_directive', { source: 'user' }, 'be brief');
    life.open('c1', 'finish it', { dueAt: '2026-02-01T00:00:00.000Z' });
    life.reflect('I looked back once.\nIt was good.');
    life.turn('how are you?', 'fine');
    const text = textOf(prompt(life));
    for (const part of [
      'You are Nova.',
      "The user's name: Sam.",
      'Stage S0, IAS 0.000, GAS 0.000.',
      'openness 0.50',
      '[#3] Directive: be brief',
      '[#4] c1, due 2026-02-01T00:00:00.000Z: finish it',
      '[#5] Your last reflection: I looked back once.',
      '[#6] user: how are you?',
      '[#7] assistant: fine',
    ])
      expect(text).toContain(part);
    expect(prompt(life).context).toEqual([
      { kind: 'identity', position: 7, text: 'Nova' },
      { kind: 'user', position: 7, text: 'Sam' },
      { kind: 'stage', position: 7, text: 'S0' },
      { kind: 'directive', position: 3, text: 'be brief' },
      { kind: 'commitment', position: 4, text: 'finish it', cid: 'c1' },
      { kind: 'reflection', position: 5, text: 'I looked back once.\nIt was good.' },
      { kind: 'said', position: 6, text: 'how are you?', speaker: 'user' },
      { kind: 'said', position: 7, text: 'fine', speaker: 'assistant' },
    ]);
  });

  it('of a new mind says what is not there', () => {
    const life = begin();
    life.tick();
    const text = textOf(prompt(life));
    for (const part of ['has no name yet', 'no open commitments', 'Nothing was said'])
      expect(text).toContain(part);
  });

  it('says what is left out', () => {
    const life = begin();
    for (let n = 0; n < 25; n++) life.turn(n === 24 ? 'z'.repeat(600) : 'hello');
    for (let n = 0; n < 22; n++) life.open(`c${n}`, `task ${n}`);
    const text = textOf(prompt(life));
    expect(text).toContain('(10 earlier lines are not shown)');
    expect(text).toContain('(2 more are not shown)');
    expect(text).toContain(`${'z'.repeat(500)} (cut)`);
  });

  it('names the reason, and the range it looks back on', () => {
    const life = begin();
    life.turn();
    life.reflect(undefined, { to: 1 });
    life.turn();
    const asked = reflectionPrompt(life.state, 'identity', life.position);
    expect(asked).toMatchObject({ trigger: 'identity', from: 2, to: 5, previousAttempt: 3 });
    expect(asked.messages[0]?.content).toContain('new name');
    expect(prompt(begin())).toMatchObject({ from: 1, to: 0, previousAttempt: 0 });
  });
});
