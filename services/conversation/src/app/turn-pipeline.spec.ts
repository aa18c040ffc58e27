import { LIMITS } from '#libs/contracts';
import { draft, eventId } from '#libs/kernel';
import { ScriptedModel, type ModelPort } from '#libs/llm';
import { outcomeId, turnTimeoutRule, userMessageId } from '#libs/mind';
import { MemoryLog } from '../testing/memory-log';
import { TurnStage } from '../testing/turn-stage';

const comparable = (log: MemoryLog) =>
  log.events.map(({ id, kind, content, meta }) => ({ id, kind, content, meta }));
const noise = (log: MemoryLog, name: string) =>
  log.append({ mind: 'ada', events: [{ id: eventId('ada', name), kind: 'x.noise', content: '', meta: {} }] });

describe('a turn', () => {
  it('is the words of the user, then the reply, each in one append with what follows from it', async () => {
    const stage = new TurnStage();
    const reply = await stage.say('Your name is Ada. Promise me to call Sam.');
    expect(stage.log.kinds()).toEqual([
      'user_message',
      'identity_propose',
      'identity_adopt',
      'assistant_message',
      'commitment_open',
    ]);
    expect(reply).toEqual({
      turnId: 't1',
      text: 'I promise to call Sam.',
      positions: { user: 1, reply: 4 },
      watermark: 5,
      controls: [{ line: 'COMMIT: call Sam', kind: 'commit', accepted: true }],
    });
    const [, , , answer, open] = stage.log.events;
    expect(answer?.id).toBe(outcomeId('ada', 't1'));
    expect(stage.log.events[0]?.id).toBe(userMessageId('ada', 't1'));
    expect(stage.log.events[1]?.id).toBe(eventId('ada', 't1', 'implied', 0));
    expect(open?.id).toBe(eventId('ada', 't1', 'control', 0));
    expect(answer?.meta).toMatchObject({
      turnId: 't1',
      provider: 'echo',
      model: 'echo-1',
      contextPosition: 3,
      promptDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(open).toMatchObject({ content: 'call Sam', meta: { source: 'assistant', origin: -1 } });
  });

  it('remembers: names, promises and what was said come back in later turns, with their positions', async () => {
    const stage = new TurnStage();
    await stage.say('Your name is Ada. My name is Sam. Remember that my cat is called Mia.', { turnId: 'a' });
    await stage.say('Promise me to feed the cat', { turnId: 'b' });
    const cid = String(stage.log.of('commitment_open')[0]?.meta['cid']);
    expect((await stage.say('What is your name?', { turnId: 'c' })).text).toMatch(
      /^My name is Ada \[#\d+\]\.$/,
    );
    expect((await stage.say('Hello!', { turnId: 'd' })).text).toMatch(/^Hello, Sam\. I am Ada \[#\d+\]\.$/);
    expect((await stage.say('What did you promise?', { turnId: 'e' })).text).toBe(
      `Sam, this is what I have promised:\n- feed the cat (${cid}) [#${stage.log.of('commitment_open')[0]?.position}]`,
    );
    expect((await stage.say('The cat is lovely', { turnId: 'f' })).text).toContain('my cat is called Mia');
    expect((await stage.say(`${cid} is done, see #1`, { turnId: 'g' })).controls[0]?.accepted).toBe(false);
    const evidence = stage.log.of('commitment_open')[0]?.position ?? 0;
    expect(
      (await stage.say(`${cid} is done, see #${evidence + 1}`, { turnId: 'h' })).controls[0]?.accepted,
    ).toBe(true);
    expect(stage.log.of('commitment_close')).toHaveLength(1);
  });

  it('writes the same events whether it is streamed or not, and what is shown is what is stored', async () => {
    const script = () =>
      new ScriptedModel(
        { tokens: ['As in ', '[#', '99].\nCOM', 'MIT: never kept\n'] },
        { tokens: ['I pro', 'mise.\n', 'COMMIT: ca', 'll Sam\nNAME', ': Ada\nBye ', '🙂'] },
      );
    const [plain, streamed] = [new TurnStage({ model: script() }), new TurnStage({ model: script() })];
    const one = await plain.say('Hello');
    const other = await streamed.say('Hello', { stream: true });
    expect(comparable(streamed.log)).toEqual(comparable(plain.log));
    expect(other).toEqual(one);
    expect(plain.signals).toEqual([]);
    expect(streamed.shown()).toBe(other.text);
    expect(other.text).toBe('I promise.\nBye 🙂');
    expect(streamed.signals.map(({ n }) => n)).toEqual(streamed.signals.map((_, n) => n));
    expect(JSON.stringify(streamed.signals)).not.toContain('COM');
  });

  it('asks once more, with the correction, when an answer names what does not exist', async () => {
    const model = new ScriptedModel({ say: 'See [#50].' }, { say: 'I do not know.\nCOMMIT: look it up' });
    const stage = new TurnStage({ model });
    const reply = await stage.say('What was that?', { stream: true });
    expect(reply.text).toBe('I do not know.');
    expect(stage.log.kinds()).toEqual([
      'user_message',
      'hallucination_detected',
      'assistant_message',
      'commitment_open',
    ]);
    expect(reply.positions.reply).toBe(3);
    expect(stage.log.events[1]?.meta).toEqual({ turnId: 't1', claims: ['[#50]'] });
    expect(stage.signals).toEqual([
      { n: 0, token: 'See [#50].' },
      { n: 1, restart: expect.stringContaining('[#50]') },
      { n: 2, token: 'I do not know.' },
    ]);
    expect(model.requests[1]?.corrected).toEqual(['[#50]']);
    expect(model.requests[1]?.messages.at(-1)?.content).toContain('[#50]');
    const usage = stage.log.of('assistant_message')[0]?.meta['usage'] as { outputTokens: number };
    expect(usage.outputTokens).toBeGreaterThan(10);
  });

  it('delivers a second false answer as it is, and none of its control lines counts', async () => {
    const say = (cid: string) => ({ say: `Done.\nDONE: ${cid} #1\nNAME: Eve` });
    const stage = new TurnStage({ model: new ScriptedModel(say('cnever'), say('cneither')) });
    const reply = await stage.say('Are you done?');
    expect(reply.text).toBe('Done.');
    expect(reply.controls.map(({ accepted }) => accepted)).toEqual([false, false]);
    expect(stage.log.kinds()).toEqual([
      'user_message',
      'hallucination_detected',
      'hallucination_detected',
      'assistant_message',
    ]);
  });

  it('judges bad control lines alone and lists them', async () => {
    const stage = new TurnStage({
      model: new ScriptedModel({ say: 'COMMIT: x\nNAME: 42\nCOMMIT: call Sam\nOk.' }),
    });
    const { controls, text } = await stage.say('Hello');
    expect(text).toBe('Ok.');
    expect(controls.map(({ kind, accepted }) => [kind, accepted])).toEqual([
      ['commit', false],
      ['name', false],
      ['commit', true],
    ]);
    expect(stage.log.of('assistant_message')[0]?.meta['controls']).toEqual(controls);
  });

  it('may consist of control lines only', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ say: 'COMMIT: call Sam' }) });
    expect((await stage.say('Hello')).text).toBe('');
    expect(stage.log.kinds()).toEqual(['user_message', 'assistant_message', 'commitment_open']);
  });

  it('tells the model nothing from after its words, and everything from before', async () => {
    const model = new ScriptedModel({ say: 'one' }, { say: 'two' });
    const stage = new TurnStage({ model });
    await stage.say('First words', { turnId: 'a' });
    await stage.say('Second words', { turnId: 'b' });
    const said = model.requests[1]?.context.filter(({ kind }) => kind === 'said');
    expect(said?.map(({ position, text }) => [position, text])).toEqual([
      [1, 'First words'],
      [2, 'one'],
    ]);
    expect(model.requests[1]?.input).toBe('Second words');
  });

  it('leaves a name out of the question: "Please tell me about Paris" renames nobody', async () => {
    const stage = new TurnStage();
    await stage.say('Please tell me about Paris');
    expect(stage.log.kinds()).toEqual(['user_message', 'assistant_message']);
  });
});

describe('a repeated turn', () => {
  it('answers what was recorded, asks no model and writes nothing', async () => {
    const model = new ScriptedModel({ say: 'Hi.\nCOMMIT: call Sam\nNAME: Ada' });
    const stage = new TurnStage({ model });
    const first = await stage.say('Hello');
    const before = comparable(stage.log);
    expect(await stage.say('Hello')).toEqual(first);
    expect(comparable(stage.log)).toEqual(before);
    expect(model.requests).toHaveLength(1);
  });

  it('with other words is a conflict and writes nothing', async () => {
    const stage = new TurnStage();
    await stage.say('Hello');
    const before = comparable(stage.log);
    await expect(stage.say('Hello, you')).rejects.toMatchObject({ code: 'id_conflict', retryable: false });
    await expect(stage.say('Hello', { userName: 'Sam' })).rejects.toMatchObject({ code: 'id_conflict' });
    expect(comparable(stage.log)).toEqual(before);
  });

  it('that failed fails again with the same code', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ fail: 'model_refused' }) });
    const failure = { code: 'model_refused', retryable: false };
    await expect(stage.say('Hello')).rejects.toMatchObject(failure);
    await expect(stage.say('Hello')).rejects.toMatchObject(failure);
    expect(stage.log.kinds()).toEqual(['user_message', 'turn_failed']);
  });

  it('that another member has answered meanwhile gives that answer, and shows it', async () => {
    const log = new MemoryLog();
    const other = new TurnStage({ log, model: new ScriptedModel({ say: 'The first.' }) });
    const model: ModelPort = {
      complete: async (request, options) => {
        await other.say('Hello');
        options.onToken?.('The second.');
        return { text: 'The second.', usage: { inputTokens: 1, outputTokens: 1 }, ...request.choice };
      },
    };
    const stage = new TurnStage({ log, model });
    expect((await stage.say('Hello', { stream: true })).text).toBe('The first.');
    expect(stage.shown()).toBe('The first.');
    expect(log.of('assistant_message')).toHaveLength(1);
  });
});

describe('a model that fails', () => {
  const failing = { fail: 'model_unavailable' } as const;

  it('leaves turn_failed and an intact mind, after three tries', async () => {
    const model = new ScriptedModel(failing, failing, failing, { say: 'I am back.' });
    const stage = new TurnStage({ model });
    await expect(stage.say('Your name is Ada')).rejects.toMatchObject({
      code: 'model_unavailable',
      retryable: true,
    });
    expect(stage.log.of('turn_failed')[0]).toMatchObject({
      id: outcomeId('ada', 't1'),
      meta: { turnId: 't1', code: 'model_unavailable', retryable: true },
    });
    expect((await stage.say('Hello', { turnId: 't2' })).text).toBe('I am back.');
    expect(model.requests[3]?.context.find(({ kind }) => kind === 'identity')?.text).toBe('Ada');
  });

  it('by answering nothing fails the turn', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ say: ' ' }, { say: '' }, { say: '\n' }) });
    await expect(stage.say('Hello')).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(stage.log.kinds()).toEqual(['user_message', 'turn_failed']);
  });

  it('by hanging fails the turn at its deadline', async () => {
    const stage = new TurnStage({
      model: new ScriptedModel({ hang: true, afterTokens: ['I '] }),
      timeoutMs: 30,
    });
    await expect(stage.say('Hello')).rejects.toMatchObject({ code: 'model_unavailable' });
    expect(stage.log.of('turn_failed')[0]?.meta['code']).toBe('model_unavailable');
  });

  it('in the middle of an answer is asked again, and what was shown is void', async () => {
    const model = new ScriptedModel({ ...failing, afterTokens: ['Half of'] }, { say: 'All of it.' });
    const stage = new TurnStage({ model });
    const reply = await stage.say('Hello', { stream: true });
    expect(stage.signals.map((signal) => ('restart' in signal ? 'restart' : signal.token))).toEqual([
      'Half of',
      'restart',
      'All of it.',
    ]);
    expect(stage.shown()).toBe(reply.text);
  });

  it('while it corrects itself fails the turn, and what was false stays on record', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ say: '[#50]' }, { fail: 'model_refused' }) });
    await expect(stage.say('Hello')).rejects.toMatchObject({ code: 'model_refused' });
    expect(stage.log.kinds()).toEqual(['user_message', 'hallucination_detected', 'turn_failed']);
  });

  it('is not blamed for our own services: nothing is appended, and the same turn goes on later', async () => {
    const stage = new TurnStage();
    stage.services.before = (call) => {
      if (call === 'commitments') throw Object.assign(new Error('down'), { code: 'unavailable' });
    };
    await expect(stage.say('Hello')).rejects.toThrow('down');
    expect(stage.log.kinds()).toEqual(['user_message']);
    stage.services.before = () => undefined;
    expect((await stage.say('Hello')).text).toContain('Hello');
    expect(stage.log.kinds()).toEqual(['user_message', 'assistant_message']);
  });
});

describe('a mind that changes while it answers', () => {
  it('has its commitments judged again where the log is, without asking the model again', async () => {
    const model = new ScriptedModel({ say: 'Yes.\nCOMMIT: call Sam' });
    const stage = new TurnStage({ model });
    let judged = 0;
    stage.services.before = (call) => {
      if (call === 'judge') judged += 1;
    };
    const append = stage.log.append.bind(stage.log);
    let appends = 0;
    stage.log.append = async (request) => {
      if (request.expectedPosition !== undefined && appends++ < 2) await append(noiseRequest(appends));
      return append(request);
    };
    await stage.say('Hello');
    expect(judged).toBe(3);
    expect(model.requests).toHaveLength(1);
    expect(stage.log.kinds()).toEqual([
      'user_message',
      'x.noise',
      'x.noise',
      'assistant_message',
      'commitment_open',
    ]);
  });

  it('too fast is busy after five tries; nothing is appended and the turn goes on later', async () => {
    const stage = new TurnStage({
      model: new ScriptedModel({ say: 'COMMIT: call Sam' }, { say: 'COMMIT: call Sam' }),
    });
    const append = stage.log.append.bind(stage.log);
    let appends = 0;
    stage.log.append = async (request) => {
      if (request.expectedPosition !== undefined && appends < 5) await append(noiseRequest(++appends));
      return append(request);
    };
    await expect(stage.say('Hello')).rejects.toMatchObject({ code: 'busy', retryable: true });
    expect(stage.log.of('assistant_message')).toHaveLength(0);
    await stage.say('Hello');
    expect(stage.log.of('commitment_open')).toHaveLength(1);
  });

  it('does not hinder a plain reply', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ say: 'Plain.\nNAME: Ada' }) });
    const complete = stage.models.complete.bind(stage.models);
    stage.models.complete = async (request, options) => {
      await noise(stage.log, 'meanwhile');
      return complete(request, options);
    };
    expect((await stage.say('Hello')).positions).toEqual({ user: 1, reply: 3 });
  });

  const noiseRequest = (n: number) => ({
    mind: 'ada',
    events: [{ id: eventId('ada', 'noise', n), kind: 'x.noise', content: '', meta: {} }],
  });
});

describe('what is refused', () => {
  const untouched = async (stage: TurnStage, saying: Promise<unknown>, code: string) => {
    await expect(saying).rejects.toMatchObject({ code });
    expect(stage.log.events).toEqual([]);
  };

  it.each([
    ['too_large', 'ß'.repeat(LIMITS.turnTextBytes / 2 + 1)],
    ['invalid_event', 'a\0b'],
    ['invalid_event', 'a\ud83d'],
    ['invalid_event', ' \n '],
  ])('%s', async (code, text) => {
    const stage = new TurnStage();
    await untouched(stage, stage.say(text), code);
  });

  it('takes exactly 32 KiB', async () => {
    await expect(new TurnStage().say('x'.repeat(LIMITS.turnTextBytes))).resolves.toBeDefined();
  });

  it('an unknown mind', async () => {
    const stage = new TurnStage();
    await untouched(stage, stage.say('Hello', { mind: 'nobody' }), 'unknown_mind');
  });

  it('an archived mind', async () => {
    const stage = new TurnStage();
    stage.log.archivedAt = new Date(0).toISOString();
    await untouched(stage, stage.say('Hello'), 'forbidden');
  });
});

describe('the model of a mind', () => {
  it('is that of the last model_switch, else that of the mind, else the standard', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ say: 'as told' }, { say: 'by default' }) });
    const providerOf = () => stage.log.of('assistant_message').at(-1)?.meta['provider'];
    await stage.say('Hello', { turnId: 'a' });
    expect(providerOf()).toBe('test');
    stage.log.model = { provider: 'echo', model: 'echo-1' };
    await stage.say('Hello', { turnId: 'b' });
    expect(providerOf()).toBe('echo');
    const from = { provider: 'echo', model: 'echo-1' };
    const event = draft('model_switch', { from, to: { provider: 'test', model: 'test-1' } });
    await stage.log.append({ mind: 'ada', events: [{ ...event, id: eventId('ada', 'switch') }] });
    await stage.say('Hello', { turnId: 'c' });
    expect(providerOf()).toBe('test');
  });

  it('that is not set up here refuses, and the turn is over', async () => {
    const stage = new TurnStage();
    stage.log.model = { provider: 'oracle', model: 'delphi' };
    await expect(stage.say('Hello')).rejects.toMatchObject({ code: 'model_refused' });
    expect(stage.log.kinds()).toEqual(['user_message', 'turn_failed']);
  });

  it('rests when the tokens of the day are used: nothing is appended, what was answered is still told', async () => {
    const stage = new TurnStage({ tokensPerDay: 10 });
    const first = await stage.say('Hello', { turnId: 'a' });
    await expect(stage.say('Hello', { turnId: 'b' })).rejects.toMatchObject({
      code: 'busy',
      retryable: true,
    });
    expect(await stage.say('Hello', { turnId: 'a' })).toEqual(first);
    expect(stage.log.kinds()).toEqual(['user_message', 'assistant_message']);
    stage.log.nowMs += 86_400_000;
    await expect(stage.say('Hello', { turnId: 'b' })).resolves.toBeDefined();
  });
});

describe('a turn that was left open', () => {
  it('gets its only outcome at a tick after 10 minutes; its repeat tells so', async () => {
    const stage = new TurnStage({ model: new ScriptedModel({ hang: true }), shutdownMs: 5 });
    const asked = stage.say('Hello');
    await new Promise((resolve) => setImmediate(resolve));
    stage.shutdown.begin();
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(stage.log.kinds()).toEqual(['user_message']);

    const restarted = new TurnStage({ log: stage.log });
    stage.log.nowMs += 10 * 60_000;
    const tick = draft('autonomy_tick', { tick: 1, reason: 'heartbeat' });
    await stage.log.append({ mind: 'ada', events: [{ ...tick, id: eventId('ada', 'tick', 1) }] });
    const state = await restarted.services.command('ada', 0, (value) => ({ value }));
    const [decision] = turnTimeoutRule.decide(state, stage.log.events[1] as never);
    const [failed] = decision?.drafts ?? [];
    expect(failed?.id).toBe(outcomeId('ada', 't1'));
    await stage.log.append({ mind: 'ada', events: [{ ...failed, id: failed?.id } as never] });

    await expect(restarted.say('Hello')).rejects.toMatchObject({ code: 'timeout', retryable: true });
    expect(stage.log.kinds()).toEqual(['user_message', 'autonomy_tick', 'turn_failed']);
  });
});
