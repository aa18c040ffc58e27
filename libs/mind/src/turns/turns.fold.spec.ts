import { Life } from '#test/replay/life';
import { conversationFold, type ConversationState } from '../services';
import { outcomeId, turnTimeoutRule, userMessageId } from './turn-timeout.rule';

const begin = () => new Life<ConversationState>(conversationFold, [turnTimeoutRule]);
const failed = (turnId: string) => ({ turnId, code: 'model_unavailable', retryable: true });

describe('the last turns', () => {
  it('pair a message with its reply', () => {
    const life = begin();
    life.add('user_message', { turnId: 'a' }, 'hello');
    life.add('user_message', { turnId: 'b' }, 'again');
    life.reply('a', 'hi');
    const { turns } = life.state.turns;
    expect(turns.map(({ turnId, user, reply }) => [turnId, user?.text, reply?.text])).toEqual([
      ['a', 'hello', 'hi'],
      ['b', 'again', undefined],
    ]);
    expect(turns[0]).toMatchObject({ user: { position: 1 }, reply: { position: 3 }, failed: false });
  });

  it('are 20', () => {
    const life = begin();
    for (let n = 0; n < 25; n++) life.turn(`text ${n}`);
    expect(life.state.turns.turns).toHaveLength(20);
    expect(life.state.turns.turns[0]?.user?.text).toBe('text 5');
  });

  it('hold at most 16 KiB of text', () => {
    const life = begin();
    for (let n = 0; n < 10; n++) life.turn('é'.repeat(1_000), 'ok');
    const { turns, bytes } = life.state.turns;
    expect(turns).toHaveLength(8);
    expect(bytes).toBe(8 * 2_002);
    life.turn('x'.repeat(32 * 1024), '日'.repeat(10_000));
    expect(life.state.turns.turns).toHaveLength(1);
    expect(life.state.turns.bytes).toBeLessThanOrEqual(16 * 1024);
    expect(life.state.turns.turns[0]?.user?.text).toHaveLength(8 * 1024);
  });

  it('show which one failed', () => {
    const life = begin();
    life.add('user_message', { turnId: 'a' }, 'hello');
    life.add('turn_failed', failed('a'));
    expect(life.state.turns.turns[0]).toMatchObject({ reply: null, failed: true });
  });

  it('of an original ledger are paired by order, and never open', () => {
    const life = begin();
    life.imported('user_message', { turnId: 7 }, 'one');
    life.imported('assistant_message', {}, 'two');
    life.imported('assistant_message', {}, 'three');
    life.imported('user_message', {}, 'four');
    const { turns, open, ids } = life.state.turns;
    expect(turns.map(({ user, reply }) => [user?.text ?? null, reply?.text ?? null])).toEqual([
      ['one', 'two'],
      [null, 'three'],
      ['four', null],
    ]);
    expect(open.size + ids.size).toBe(0);
  });
});

describe('the turn ids', () => {
  it('say where the message and the one outcome are', () => {
    const life = begin();
    life.add('user_message', { turnId: 'a' }, 'hello');
    expect(life.state.turns.ids.get('a')).toEqual({ user: 1, outcome: null });
    expect(life.state.turns.open.has('a')).toBe(true);
    life.reply('a');
    expect(life.state.turns.ids.get('a')).toEqual({
      user: 1,
      outcome: { position: 2, kind: 'assistant_message' },
    });
    expect(life.state.turns.open.size).toBe(0);
    life.add('turn_failed', failed('a'));
    expect(life.state.turns.ids.get('a')?.outcome?.kind).toBe('assistant_message');
  });

  it('are the last 256', () => {
    const life = begin();
    for (let n = 0; n < 300; n++) life.add('user_message', { turnId: `t${n}` }, 'x');
    expect(life.state.turns.ids.size).toBe(256);
    expect(life.state.turns.ids.has('t43')).toBe(false);
    expect(life.state.turns.ids.has('t44')).toBe(true);
    expect(life.state.turns.open.size).toBe(256);
  });
});

describe('a turn that stays open', () => {
  it('fails with `timeout` at a tick after 10 minutes, with the id of its outcome', () => {
    const life = begin();
    life.add('user_message', { turnId: 'a' }, 'hello');
    life.wait(598);
    expect(life.tick()).toEqual([]);
    expect(life.tick()).toEqual([
      {
        kind: 'turn_failed',
        content: '',
        meta: { turnId: 'a', code: 'timeout', retryable: true },
        id: outcomeId('ada', 'a'),
      },
    ]);
    expect(outcomeId('ada', 'a')).not.toBe(userMessageId('ada', 'a'));
  });

  it('is left alone once it has an outcome', () => {
    const life = begin();
    life.turn();
    life.add('user_message', { turnId: 'b' }, 'hello');
    life.add('turn_failed', failed('b'));
    life.wait(10_000);
    expect(life.tick()).toEqual([]);
  });

  it('is looked at again at each tick until its outcome is in the log', () => {
    const life = begin();
    life.add('user_message', { turnId: 'a' }, 'hello');
    life.wait(601);
    expect(life.tick()).toEqual(life.tick());
  });
});
