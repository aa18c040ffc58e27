import type { MindEvent } from '#libs/contracts';
import { basisBeside, basisOf, type BasisParts } from './basis';
import { decided, draft, type Decision, type Rule } from './decision';
import { leaderOf } from './explain';

const MIND = 'ada';
interface Clock {
  due: number;
}
const decision: Decision = {
  cause: 'due:7',
  drafts: [draft('commitment_due', { cid: 'c1', dueAt: 'then' })],
};
const dueRule: Rule<Clock> = {
  name: 'due',
  kinds: ['autonomy_tick'],
  decide: ({ due }) => (due > 0 ? [decision] : []),
};
const parts: BasisParts<Clock> = {
  service: 'commitment',
  rules: [{ ...dueRule, name: 'never', decide: () => [] }, dueRule],
  explainers: {
    commitment_due: ({ due }) => ({ due }),
    commitment_expire: () => null,
    reflection: () => ({ seen: 1 }),
  },
};
const [written] = decided(MIND, 'commitment', 'due', decision);
const event = (given: Partial<MindEvent>): MindEvent =>
  ({ mind: MIND, position: 9, content: '', meta: {}, id: 'none', ...given }) as MindEvent;
const due = event({ ...written });
const tick = event({ kind: 'autonomy_tick', position: 8 });

describe('the basis of an event', () => {
  it('is the rule that decides it again, with the numbers of the state after the cause', () =>
    expect(basisOf(parts, { due: 7 }, { event: due, cause: tick })).toEqual({
      service: 'commitment',
      rule: 'due',
      seen: 'state',
      cause: { position: 8, kind: 'autonomy_tick' },
      numbers: { due: 7 },
    }));

  it('is found by the id, or where the mind was copied by kind, content and meta', () => {
    const copied = { ...due, id: 'other' };
    expect(basisOf(parts, { due: 7 }, { event: copied, cause: tick })?.rule).toBe('due');
    const changed = { ...due, meta: { cid: 'c2' } };
    expect(basisOf(parts, { due: 7 }, { event: changed, cause: tick })?.rule).toBe('due');
    expect(basisOf(parts, { due: 7 }, { event: { ...changed, id: 'other' }, cause: tick })).toBeNull();
  });

  it('is none on a state on which no rule decides it, nor after an event that its rule does not listen to', () => {
    expect(basisOf(parts, { due: 0 }, { event: due, cause: tick })).toBeNull();
    const said = event({ kind: 'user_message', position: 8 });
    expect(basisOf(parts, { due: 7 }, { event: due, cause: said })).toBeNull();
  });

  it('is none when the numbers deny it', () => {
    const expired = { ...due, kind: 'commitment_expire' };
    expect(basisOf(parts, { due: 7 }, { event: expired, cause: tick })).toBeNull();
  });

  it('has no rule for what no rule writes', () => {
    const basis = basisOf(parts, { due: 0 }, { event: event({ kind: 'reflection' }), cause: tick });
    expect(basis).toMatchObject({ rule: null, numbers: { seen: 1 } });
    const rejected = event({ kind: 'reflection_rejected' });
    expect(basisOf(parts, { due: 0 }, { event: rejected, cause: tick })).toBeNull();
  });
});

describe('the basis beside an event', () => {
  const reply = event({ kind: 'assistant_message', position: 7 });
  const beside: BasisParts<Clock> = {
    ...parts,
    besides: {
      commitment_open: (one, near) => {
        const cause = leaderOf('assistant_message', one, near);
        return cause ? { cause, numbers: { line: 'COMMIT: x' } } : null;
      },
    },
  };
  const open = event({ kind: 'commitment_open' });

  it('is what an event around it says', () =>
    expect(basisBeside(beside, open, [reply, open])).toEqual({
      service: 'commitment',
      rule: null,
      seen: 'log',
      cause: { position: 7, kind: 'assistant_message' },
      numbers: { line: 'COMMIT: x' },
    }));

  it('is none when they say nothing, or for a kind that has none', () => {
    expect(basisBeside(beside, open, [open, { ...reply, position: 10 }])).toBeNull();
    expect(basisBeside(beside, due, [reply, due])).toBeNull();
    expect(basisBeside(parts, open, [reply, open])).toBeNull();
  });
});
