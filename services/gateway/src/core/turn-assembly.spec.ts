import fc from 'fast-check';
import type { TurnSignal } from '#libs/contracts';
import { EMPTY_ASSEMBLY, finishTurn, takeSignal, type Shown } from './turn-assembly';

function run(signals: TurnSignal[], text: string): Shown[] {
  let assembly = EMPTY_ASSEMBLY;
  const shown: Shown[] = [];
  for (const signal of signals) {
    const step = takeSignal(assembly, signal);
    assembly = step.assembly;
    shown.push(...step.show);
  }
  return [...shown, ...finishTurn(assembly, text)];
}

/** What a reader has in front of it at the end. */
const seen = (shown: Shown[]): string =>
  shown.reduce((text, part) => (part.type === 'token' ? text + part.text : ''), '');

const token = (n: number, text: string): TurnSignal => ({ n, token: text });

it('shows tokens as they come and nothing more when all came', () => {
  expect(run([token(0, 'a'), token(1, 'b')], 'ab')).toEqual([
    { type: 'token', text: 'a' },
    { type: 'token', text: 'b' },
  ]);
});

it('shows the text at once when nothing was streamed', () => {
  expect(run([], 'ab')).toEqual([{ type: 'token', text: 'ab' }]);
});

it('makes a gap good with one restart and the whole text', () => {
  expect(run([token(0, 'a'), token(2, 'c'), token(3, 'd')], 'abcd')).toEqual([
    { type: 'token', text: 'a' },
    { type: 'restart', reason: 'resumed' },
    { type: 'token', text: 'abcd' },
  ]);
});

it('does so too when the stored text differs from what was streamed', () => {
  expect(run([token(0, 'ab ')], 'ab')).toEqual([
    { type: 'token', text: 'ab ' },
    { type: 'restart', reason: 'resumed' },
    { type: 'token', text: 'ab' },
  ]);
});

it('goes on after a restart of the model, which also ends a gap', () => {
  const signals = [
    token(0, 'bad'),
    token(2, 'worse'),
    { n: 3, restart: 'a claim was false' },
    token(4, 'good'),
  ];
  expect(run(signals, 'good')).toEqual([
    { type: 'token', text: 'bad' },
    { type: 'restart', reason: 'a claim was false' },
    { type: 'token', text: 'good' },
  ]);
});

it('begins again when another member takes the turn over', () => {
  expect(run([token(0, 'a'), token(1, 'b'), token(0, 'a'), token(1, 'b')], 'ab')).toEqual([
    { type: 'token', text: 'a' },
    { type: 'token', text: 'b' },
    { type: 'restart', reason: 'resumed' },
    { type: 'token', text: 'a' },
    { type: 'token', text: 'b' },
  ]);
});

it('ends with exactly the stored text, whatever was lost, doubled or mixed up', () => {
  const signal = fc.oneof(
    fc.record({ n: fc.nat(8), token: fc.string({ maxLength: 3 }) }),
    fc.record({ n: fc.nat(8), restart: fc.string({ maxLength: 3 }) }),
  );
  fc.assert(
    fc.property(fc.array(signal, { maxLength: 12 }), fc.string({ maxLength: 6 }), (signals, text) => {
      expect(seen(run(signals, text))).toBe(text);
    }),
  );
});
