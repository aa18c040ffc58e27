import type { MindEvent } from '#libs/contracts';
import { conversationFold, TURN_TIMEOUT_MS, type ConversationState } from '#libs/mind';
import { Life } from '#test/replay/life';
import { conversationWhy } from './explainers';

const begin = () => new Life<ConversationState>(conversationFold);

it('assistant_message: the turns at hand, what it cites, and its prompt’s digest as it was recorded', () => {
  const life = begin();
  life.turn('one', 'two');
  const asked = life.add('user_message', { turnId: 'now' }, 'three');
  const meta = {
    turnId: 'now',
    provider: 'echo',
    model: 'e1',
    contextPosition: asked.position,
    promptDigest: 'abc',
  };
  const state = structuredClone(life.state);
  const reply = life.add('assistant_message', meta, 'As I said [#2] to you [#1].');
  expect(conversationWhy.explainers.assistant_message?.(state, reply, asked)).toEqual({
    contextPosition: asked.position,
    promptDigest: {
      recorded: 'abc',
      checkedAgain: false,
      because: expect.stringContaining('as recorded') as string,
    },
    model: { provider: 'echo', model: 'e1' },
    cited: [2, 1],
    turnsAtHand: [1, 2, asked.position],
    controls: [],
  });
});

it('turn_failed by time: since when the turn was open, the tick’s time, and the limit', () => {
  const life = begin();
  const asked = life.add('user_message', { turnId: 'now' }, 'three');
  life.wait(700).tick();
  const cause = life.events.at(-1) as MindEvent;
  const failed = { kind: 'turn_failed', meta: { turnId: 'now', code: 'timeout' } } as unknown as MindEvent;
  expect(conversationWhy.explainers.turn_failed?.(life.state, failed, cause)).toEqual({
    ...{ openSince: asked.position, openedAt: asked.at, tickAt: cause.at, limitMs: TURN_TIMEOUT_MS },
  });
  const other = { ...failed, meta: { turnId: 'other', code: 'timeout' } };
  expect(conversationWhy.explainers.turn_failed?.(life.state, other, cause)).toBeNull();
  const ofModel = { ...failed, meta: { turnId: 'now', code: 'model_refused' } };
  expect([failed, ofModel].map((event) => conversationWhy.onState?.(event))).toEqual([true, false]);
});
