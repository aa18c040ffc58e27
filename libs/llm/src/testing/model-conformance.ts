import type { ModelOptions, ModelPort, ModelReply, ModelRequest } from '../model.port';

/** What a model under test is made to do. */
export type Situation =
  | { kind: 'answers'; tokens: string[] }
  | { kind: 'empty' }
  | { kind: 'hangs' }
  | { kind: 'overloaded' }
  | { kind: 'fails' }
  | { kind: 'brokenOff' }
  | { kind: 'refuses' };

export interface Subject {
  /** A model in this situation, or why this adapter cannot get into it. */
  inSituation(situation: Situation): ModelPort | { skip: string };
}

export const aRequest = (overrides: Partial<ModelRequest> = {}): ModelRequest => ({
  purpose: 'turn',
  choice: { provider: 'some-provider', model: 'some-model' },
  messages: [
    { role: 'system', content: 'You are Ada.' },
    { role: 'user', content: 'Grüß dich 🙂' },
  ],
  context: [],
  input: 'Grüß dich 🙂',
  ...overrides,
});

interface Case {
  name: string;
  situation: Situation;
  proves(model: ModelPort): Promise<void>;
}

const TOKENS = ['Hel', 'lo, ', 'Grü', 'ße 🙂', '\nline two'];

function complete(model: ModelPort, options: Partial<ModelOptions> = {}): Promise<ModelReply> {
  return model.complete(aRequest(), { signal: new AbortController().signal, ...options });
}

const rejects = (code: string, retryable: boolean) => async (model: ModelPort) => {
  await expect(complete(model)).rejects.toMatchObject({ name: 'AppError', code, retryable });
};

async function abortedSoon(model: ModelPort): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('no longer wanted');
  setTimeout(() => controller.abort(reason), 20);
  await expect(complete(model, { signal: controller.signal })).rejects.toBe(reason);
}

async function abortedAlready(model: ModelPort): Promise<void> {
  const reason = new Error('never wanted');
  await expect(complete(model, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
}

const CASES: Case[] = [
  {
    name: 'says who answered, what it used, and a text that is not blank',
    situation: { kind: 'answers', tokens: TOKENS },
    async proves(model) {
      const reply = await complete(model);
      expect(reply.text.trim()).not.toBe('');
      expect(reply).toMatchObject({ provider: 'some-provider', model: 'some-model' });
      expect(reply.usage.inputTokens).toBeGreaterThan(0);
      expect(reply.usage.outputTokens).toBeGreaterThan(0);
    },
  },
  {
    name: 'streams pieces that together are the text',
    situation: { kind: 'answers', tokens: TOKENS },
    async proves(model) {
      const pieces: string[] = [];
      const reply = await complete(model, { onToken: (piece) => pieces.push(piece) });
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join('')).toBe(reply.text);
    },
  },
  {
    name: 'takes an empty answer for a failure that may pass',
    situation: { kind: 'empty' },
    proves: rejects('model_unavailable', true),
  },
  {
    name: 'takes an overloaded server for a failure that may pass',
    situation: { kind: 'overloaded' },
    proves: rejects('model_unavailable', true),
  },
  {
    name: 'takes a failing server for a failure that may pass',
    situation: { kind: 'fails' },
    proves: rejects('model_unavailable', true),
  },
  {
    name: 'takes half an answer for none',
    situation: { kind: 'brokenOff' },
    proves: rejects('model_unavailable', true),
  },
  {
    name: 'says when the model refuses',
    situation: { kind: 'refuses' },
    proves: rejects('model_refused', false),
  },
  { name: 'ends soon when it is aborted', situation: { kind: 'hangs' }, proves: abortedSoon },
  {
    name: 'does not begin when it is aborted already',
    situation: { kind: 'answers', tokens: TOKENS },
    proves: abortedAlready,
  },
];

/** The cases that every adapter must pass; a case that one cannot get into says why. */
export function conforms(name: string, subject: () => Subject): void {
  describe(`${name} as a model`, () => {
    it.each(CASES)('$name', async ({ situation, proves }) => {
      const model = subject().inSituation(situation);
      if ('skip' in model) expect(model.skip).not.toBe('');
      else await proves(model);
    });
  });
}
