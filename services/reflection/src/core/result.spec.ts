import { checkNewEvent, commitmentId, eventId } from '#libs/kernel';
import { reflectionFold, type ReflectionState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { attemptEventId, resultEvents, type Attempt } from './result';

const GOOD = 'I looked back at what was said.\nIt was good to hear.';
const begin = () => new Life<ReflectionState>(reflectionFold);
const attempt = (life: Life<ReflectionState>, text: string): Attempt => ({
  ...{ mind: 'ada', text, provider: 'echo', model: 'echo', trigger: 'cadence', style: 'narrative' },
  ...{ from: 1, to: life.position, previousAttempt: life.state.attempts.position },
});
const result = (life: Life<ReflectionState>, text: string) => {
  const events = resultEvents(life.state, attempt(life, text), life.position);
  for (const event of events) checkNewEvent(event);
  return events;
};
const shortly = (life: Life<ReflectionState>, ...lines: string[]) =>
  result(life, `${GOOD}\n${lines.join('\n')}`)
    .slice(1)
    .map(({ kind, content, meta }) => ({ kind, content, meta }));

describe('the result of an attempt', () => {
  it('is a reflection when it is good enough', () => {
    const life = begin();
    life.turn();
    expect(result(life, ` ${GOOD} `)).toEqual([
      {
        id: eventId('ada', 'attempt', 0),
        kind: 'reflection',
        content: GOOD,
        meta: {
          ...{
            trigger: 'cadence',
            style: 'narrative',
            from: 1,
            to: 2,
            provider: 'echo',
            model: 'echo',
            overlap: 0,
          },
        },
      },
    ]);
  });

  it('is a rejection and nothing else when it is not: an empty answer never alters a mind', () => {
    const life = begin();
    life.turn();
    const [rejected, ...others] = result(life, 'COMMIT: take over');
    expect(others).toEqual([]);
    expect(rejected).toMatchObject({
      id: eventId('ada', 'attempt', 0),
      kind: 'reflection_rejected',
      meta: { trigger: 'cadence', style: 'narrative', reason: 'too_short' },
    });
    expect(result(life, '')).toMatchObject([{ kind: 'reflection_rejected', meta: { reason: 'too_short' } }]);
    life.reflect(GOOD);
    expect(result(life, GOOD)).toMatchObject([
      { kind: 'reflection_rejected', meta: { reason: 'overlap', overlap: 1 } },
    ]);
  });

  it('has ids that derive from the attempt before: of two for one moment the log takes one', () => {
    const life = begin();
    const first = result(life, GOOD);
    expect(result(life, 'no')[0]?.id).toBe(first[0]?.id);
    const before = life.reflect();
    expect(result(life, 'no')[0]?.id).toBe(eventId('ada', 'attempt', before.position));
    expect(attemptEventId('ada', 3, 1)).not.toBe(attemptEventId('ada', 3, 0));
  });

  it('never holds what a log can’t store', () => {
    const [event] = result(begin(), `I looked back \ud800 at \u0000 it all.\nIt was good to hear.`);
    expect(event?.content).toBe('I looked back \ufffd at \ufffd it all.\nIt was good to hear.');
  });
});

describe('the lines of a reflection', () => {
  it('COMMIT opens a commitment', () => {
    const life = begin();
    const cid = commitmentId('ada', attemptEventId('ada', 0, 1));
    expect(shortly(life, 'COMMIT: water the plants')).toEqual([
      {
        kind: 'commitment_open',
        content: 'water the plants',
        meta: { cid, source: 'reflection', origin: -1 },
      },
    ]);
  });

  it('COMMIT of what is open, said twice or too short opens nothing', () => {
    const life = begin();
    life.open('c1', 'water the plants');
    expect(
      shortly(life, 'COMMIT: Water  the plants', 'COMMIT: no', 'COMMIT: sing', 'COMMIT: SING'),
    ).toHaveLength(0 + 1);
  });

  it('COMMIT beyond 1,000 open ones opens nothing', () => {
    const life = begin();
    for (let n = 0; n < 999; n++) life.open(`c${n}`, `task ${n}`);
    expect(shortly(life, 'COMMIT: one more', 'COMMIT: and another')).toHaveLength(1);
  });

  it('DONE closes with evidence that exists and came after the open', () => {
    const life = begin();
    life.turn();
    life.open('c1');
    life.turn();
    expect(shortly(life, 'DONE: c1 #4', 'DONE: c1 #5')).toEqual([
      { kind: 'commitment_close', content: '', meta: { cid: 'c1', evidence: [4], outcome: 'done' } },
    ]);
    expect(
      shortly(life, 'DONE: c1 #2', 'DONE: c1 #99', 'DONE: c1 #4 #99', 'DONE: cx #4', 'DONE: c1', 'I did it'),
    ).toEqual([]);
  });

  it('DIRECTIVE gives a directive', () =>
    expect(shortly(begin(), 'COMMIT: sing', 'DIRECTIVE: be   kind')[1]).toEqual({
      ...{ kind: 'autonomy_directive', content: 'be kind', meta: { source: 'reflection', origin: -2 } },
    }));

  it('POLICY changes a value within its bounds, when it is another one', () => {
    expect(shortly(begin(), 'POLICY: reflection.min_turns = 50')).toEqual([
      {
        kind: 'policy_update',
        content: '',
        meta: { component: 'reflection', params: { min_turns: 6 }, reason: 'reflection' },
      },
    ]);
    expect(
      shortly(begin(), 'POLICY: reflection.min_turns = 2', 'POLICY: mind.size = 3', 'POLICY: more'),
    ).toEqual([]);
  });

  it('NAME and others do nothing, and at most 8 count', () => {
    expect(shortly(begin(), 'NAME: Nova', 'ORDER: tea')).toEqual([]);
    const many = Array.from({ length: 12 }, (_, n) => `DIRECTIVE: rule ${n}`);
    expect(shortly(begin(), ...many)).toHaveLength(8);
  });
});
