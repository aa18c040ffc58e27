import type { MindEvent } from '#libs/contracts';
import { World } from '#test/replay/world';
import { turnBesides } from './beside-turn';
import { failureEvents, replyEvents } from './outcome';

const explain = (event: MindEvent | undefined, near: readonly MindEvent[]) =>
  event ? turnBesides[event.kind as keyof typeof turnBesides]?.(event, near) : undefined;

describe('events of control lines', () => {
  const world = new World();
  world.turn(
    't1',
    'Well?',
    'Yes.\nCOMMIT: plant a tree\nDONE: none #1\nCOMMIT: Plant a  tree\nDIRECTIVE: be kind\nNAME: Nova',
  );
  const [reply] = world.kinds('assistant_message');
  const [open] = world.kinds('commitment_open');

  it('name their reply and their line; lines that did nothing are passed over', () => {
    const lines = ['commitment_open', 'autonomy_directive', 'identity_propose'].map((kind) => {
      const found = explain(world.kinds(kind)[0], world.log);
      return [found?.cause.position, found?.numbers];
    });
    expect(lines).toEqual([
      [reply?.position, { reply: reply?.position, controlLine: 'COMMIT: plant a tree' }],
      [reply?.position, { reply: reply?.position, controlLine: 'DIRECTIVE: be kind' }],
      [reply?.position, { reply: reply?.position, controlLine: 'NAME: Nova' }],
    ]);
  });

  it('a close has no origin: it is the line in its place', () => {
    const cid = String(open?.meta['cid']);
    world.turn('t2', 'And?', `Done.\nDONE: ${cid} #${world.log.length}`);
    const found = explain(world.kinds('commitment_close')[0], world.log);
    expect(found?.numbers['controlLine']).toMatch(new RegExp(`^DONE: ${cid} #`, 'u'));
    expect(found?.cause).toBe(world.kinds('assistant_message')[1]);
  });

  it('what a caller wrote right after a reply is not of the reply', () => {
    const last = world.log.at(-1) as MindEvent;
    const byCaller = { ...last, position: last.position + 1 };
    expect(explain(byCaller, [...world.log, byCaller])).toBeNull();
    const elsewhere = { ...(open as MindEvent), meta: { ...open?.meta, origin: -3 } };
    expect(explain(elsewhere, world.log)).toBeNull();
    expect(explain(open, [])).toBeNull();
  });
});

describe('what a user’s text implies', () => {
  const world = new World();
  const text = 'My name is Ann. Your name is Nova. Always say please first. Remember that it rains.';
  world.say('t1', text);
  const [message] = world.kinds('user_message');

  it('names the message', () => {
    const kinds = [
      'user_identity_set',
      'identity_propose',
      'identity_adopt',
      'autonomy_directive',
      'knowledge_assert',
    ];
    for (const kind of kinds)
      expect([kind, explain(world.kinds(kind)[0], world.log)]).toEqual([
        kind,
        { cause: message, numbers: { message: message?.position, said: text } },
      ]);
  });

  it('is not what a caller said in its place', () => {
    const [known] = world.kinds('knowledge_assert');
    const other = { ...(known as MindEvent), content: 'It is dry.' };
    expect(explain(other, [...world.log.slice(0, -1), other])).toBeNull();
  });
});

describe('tries and failures', () => {
  const model = { provider: 'p', model: 'm', promptDigest: 'd', usage: { inputTokens: 1, outputTokens: 1 } };

  it('a false try names its claims, which try it was, and the reply that came of it', () => {
    const world = new World();
    world.say('t1', 'Well?');
    const answer = { ...model, shown: 'x', lines: [], contextPosition: 1, unfounded: true };
    const hallucinations = [['[#90]'], ['[#91]']];
    const none = { controls: [], events: [] };
    world.append(replyEvents({ mind: 'ada', turnId: 't1' }, { ...answer, hallucinations }, none));
    const [reply] = world.kinds('assistant_message');
    const outcome = { outcome: reply?.position, outcomeKind: 'assistant_message', message: 1 };
    expect(world.kinds('hallucination_detected').map((event) => explain(event, world.log))).toEqual([
      { cause: reply, numbers: { claims: ['[#90]'], try: 1, ...outcome } },
      { cause: reply, numbers: { claims: ['[#91]'], try: 2, ...outcome } },
    ]);
  });

  it('a failure of the model names the message and the false tries before it; a timeout is a rule’s', () => {
    const world = new World();
    world.say('t1', 'Well?');
    world.tick();
    const failure = { code: 'model_unavailable', retryable: true } as const;
    world.append(failureEvents({ mind: 'ada', turnId: 't1' }, failure, [['[#90]']]));
    const [failed] = world.kinds('turn_failed');
    const numbers = { message: 1, ...failure, falseTries: [(failed?.position ?? 0) - 1] };
    expect(explain(failed, world.log)).toEqual({ cause: world.log[0], numbers });
    const timeout = { ...(failed as MindEvent), meta: { ...failed?.meta, code: 'timeout' } };
    expect(explain(timeout, world.log)).toBeNull();
    expect(explain(failed, world.log.slice(1))).toBeNull();
  });
});
