import fc from 'fast-check';
import type { NewEvent } from '#libs/contracts';
import { checkNewEvent, foldAll } from '#libs/kernel';
import { commitmentFold, parseControlLines, reflectionFold, REPLY_CONTROLS } from '#libs/mind';
import { judge } from '../../services/commitment/src/core/judge';
import { judgeControls, judgeRequestOf } from '../../services/conversation/src/core/control-judgement';
import { resultEvents } from '../../services/reflection/src/core/result';
import { arbitraryLog, lawOptions } from './generate-log';

/** What a model may write: prose, control lines, those that are malformed or lie, and noise. */
const line = fc.oneof(
  fc.constantFrom(
    ...['I looked back at what was said.', 'My identity stays as it is today.', '', '   ', 'See [#3] and [#999].'],
    ...['COMMIT: finish the report', 'COMMIT: Finish  the report', 'COMMIT: x', 'COMMIT: call Echo back'],
    ...['NAME: Nova', 'NAME: 7of9', 'NAME: "Ada"', 'DIRECTIVE: be  concise', 'DIRECTIVE:', 'DONE:', 'DONE: c1'],
    ...['POLICY: reflection.min_turns = 99', 'POLICY: reflection.min_seconds = 12.5', 'POLICY: other.x = 1'],
  ),
  fc.tuple(fc.nat(60), fc.nat(70)).map(([n, at]) => `DONE: c${n} #${at}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.tuple(fc.constantFrom('COMMIT', 'NAME', 'DIRECTIVE', 'DONE'), fc.string({ unit: 'grapheme' })).map(
    ([kind, rest]) => `${kind}: ${rest}`,
  ),
);
const modelText = fc.array(line, { maxLength: 14 }).map((lines) => lines.join('\n'));

function expectAppendable(events: readonly NewEvent[]): void {
  for (const event of events) checkNewEvent(event);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
}

describe('whatever a model writes', () => {
  it('a reflection becomes events that the registry accepts; a rejected one is a single event', () => {
    fc.assert(
      fc.property(arbitraryLog(), modelText, (log, text) => {
        const state = foldAll(reflectionFold, log);
        const attempt = { mind: 'mind-a', text, trigger: 'cadence', style: 'narrative', provider: 'p', model: 'm' };
        const range = { from: 1, to: Math.max(1, log.length), previousAttempt: state.attempts.position };
        const events = resultEvents(state, { ...attempt, ...range } as never, log.length);
        expectAppendable(events);
        if (events[0]?.kind === 'reflection_rejected') expect(events).toHaveLength(1);
        else expect(events[0]?.kind).toBe('reflection');
      }),
      lawOptions(),
    );
  });

  it('the control lines of a reply are all told of, and those that count become events that the registry accepts', () => {
    fc.assert(
      fc.property(arbitraryLog(), modelText, (log, text) => {
        const turn = { mind: 'mind-a', turnId: 'turn-of-the-law' };
        const { lines } = parseControlLines(text, REPLY_CONTROLS);
        const request = judgeRequestOf(turn, lines, log.length);
        const verdicts = request && judge(foldAll(commitmentFold, log), request, log.length);
        const { controls, events } = judgeControls(turn, lines, verdicts);
        expect(controls).toHaveLength(lines.length);
        for (const { accepted, reason } of controls) if (!accepted) expect(reason).toBeTruthy();
        expectAppendable(events);
      }),
      lawOptions(),
    );
  });
});
