import type { Requests } from '#libs/messaging';
import type { ContextItem } from '../core/context-item';
import { WordMemory } from './word-memory.adapter';

const said: ContextItem[] = [
  { kind: 'said', speaker: 'user', position: 3, text: 'The train was late' },
  { kind: 'said', speaker: 'assistant', position: 4, text: 'A pity' },
];
const knowledge = [
  { position: 9, statement: 'The sky is blue' },
  { position: 2, statement: 'The train leaves at noon' },
];

function memory() {
  const asked: unknown[] = [];
  const ask = (...args: unknown[]) => {
    asked.push(args.slice(0, 4));
    return Promise.resolve({ knowledge });
  };
  const conversation = { view: () => Promise.resolve({ said, model: null, watermark: 10 }) };
  return { asked, subject: new WordMemory({ ask } as unknown as Requests, conversation) };
}

describe('recall by words', () => {
  const question = {
    mind: 'ada',
    minPosition: 10,
    deadlineAt: 1_000,
    before: 10,
    text: 'When does the train leave?',
  };

  it('finds statements and turns that share words, then fills up with the newest statements', async () => {
    const { subject, asked } = memory();
    const items = await subject.recall({ ...question, limit: 10 });
    expect(items.map(({ position, kind }) => [position, kind])).toEqual([
      [3, 'recalled'],
      [2, 'recalled'],
      [9, 'recalled'],
    ]);
    expect(asked).toEqual([['projection', 'ada', 'knowledge', { mind: 'ada', minPosition: 10, limit: 100 }]]);
  });

  it('leaves out what was said with these very words', async () => {
    const items = await memory().subject.recall({ ...question, before: 9, limit: 10 });
    expect(items.map(({ position }) => position)).toEqual([3, 2]);
  });

  it('gives no more than asked for', async () => {
    expect(await memory().subject.recall({ ...question, limit: 1 })).toHaveLength(1);
  });
});
