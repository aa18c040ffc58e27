import { parseControlLines, REPLY_CONTROLS } from '#libs/mind';
import { checkNewEvent } from '#libs/kernel';
import { controlId, judgeControls, judgeRequestOf, voidControls } from './control-judgement';

const turn = { mind: 'ada', turnId: 't1' };
const linesOf = (text: string) => parseControlLines(text, REPLY_CONTROLS).lines;
const REPLY = [
  'COMMIT: call Sam',
  'NAME: Ada',
  'DONE: cabcdefghijk #3',
  'COMMIT: x',
  'DIRECTIVE: be brief',
  'COMMIT: write home',
].join('\n');

describe('the judgement of control lines', () => {
  const lines = linesOf(REPLY);

  it('asks commitment only about commitments, each by the id that its event would have', () => {
    expect(judgeRequestOf(turn, lines, 12)).toEqual({
      mind: 'ada',
      minPosition: 12,
      opens: [
        { id: controlId(turn, 0), text: 'call Sam' },
        { id: controlId(turn, 5), text: 'write home' },
      ],
      closes: [{ cid: 'cabcdefghijk', evidence: [3] }],
    });
    expect(judgeRequestOf(turn, linesOf('NAME: Ada\nDIRECTIVE: be brief'), 12)).toBeNull();
  });

  it('lets each line stand alone: a bad one harms no other, and each event points back at the reply', () => {
    const { controls, events } = judgeControls(turn, lines, {
      opens: [
        { accepted: true, cid: 'c1', existing: false },
        { accepted: false, reason: 'too many are open' },
      ],
      closes: [{ accepted: true, existing: false }],
    });
    expect(controls.map(({ kind, accepted }) => [kind, accepted])).toEqual([
      ['commit', true],
      ['name', true],
      ['done', true],
      ['commit', false],
      ['directive', true],
      ['commit', false],
    ]);
    expect(controls[5]?.reason).toBe('too many are open');
    expect(events.map(({ kind, id, meta }) => [kind, id, meta['origin'] ?? null])).toEqual([
      ['commitment_open', controlId(turn, 0), -1],
      ['identity_propose', controlId(turn, 1), -2],
      ['commitment_close', controlId(turn, 2), null],
      ['autonomy_directive', controlId(turn, 4), -4],
    ]);
    for (const event of events) expect(() => checkNewEvent(event)).not.toThrow();
  });

  it('writes nothing for what is so already or was said twice', () => {
    const twice = linesOf(
      'COMMIT: call Sam\nCOMMIT: Call  sam\nCOMMIT: write home\nDONE: c1 #3\nDONE: c1 #4\nDONE: c2 #3',
    );
    const { controls, events } = judgeControls(turn, twice, {
      opens: [
        { accepted: true, cid: 'c1', existing: false },
        { accepted: true, cid: 'c9', existing: false },
        { accepted: true, cid: 'c3', existing: true },
      ],
      closes: [
        { accepted: true, existing: false },
        { accepted: true, existing: false },
        { accepted: true, existing: true },
      ],
    });
    expect(controls.every(({ accepted }) => accepted)).toBe(true);
    expect(events.map(({ kind }) => kind)).toEqual(['commitment_open', 'commitment_close']);
  });

  it('refuses what nobody judged', () => {
    const { controls, events } = judgeControls(turn, linesOf('COMMIT: call Sam'), null);
    expect(controls).toEqual([expect.objectContaining({ accepted: false })]);
    expect(events).toEqual([]);
  });

  it('refuses a policy, which a reflection alone may change', () => {
    const line = { line: 'POLICY: reflection.min_turns = 2', kind: 'policy' } as const;
    const { controls, events } = judgeControls(
      turn,
      [{ ...line, key: 'reflection.min_turns', value: 2 }],
      null,
    );
    expect(controls).toEqual([{ ...line, accepted: false, reason: 'a reply changes no policy' }]);
    expect(events).toEqual([]);
  });

  it('can be nothing at all', () => {
    expect(voidControls(linesOf('NAME: Ada'), 'because')).toEqual({
      controls: [{ line: 'NAME: Ada', kind: 'name', accepted: false, reason: 'because' }],
      events: [],
    });
  });
});
