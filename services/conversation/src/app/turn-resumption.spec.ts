import { AppError } from '#libs/kernel';
import { ScriptedModel, type ScriptStep } from '#libs/llm';
import { MemoryLog } from '../testing/memory-log';
import { TurnStage } from '../testing/turn-stage';
import type { LogPort } from './ports';

/** Crashes at the n-th step, counted over every call that leaves the process, before or after the call has its effect. */
class Crash {
  private steps = 0;
  readonly died = new AppError('unavailable', 'this process died');

  constructor(
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  get happened(): boolean {
    return this.steps > this.at;
  }

  async step<T>(work: () => Promise<T>): Promise<T> {
    const now = this.steps++ === this.at;
    if (now && this.when === 'before') throw this.died;
    const result = await work();
    if (now) throw this.died;
    return result;
  }
}

const SCRIPT: ScriptStep[] = [
  { say: 'As I said [#77].' },
  { tokens: ['I will', ' do it.\nCOMMIT: ca', 'll Sam\nDIRECTIVE: be brief'] },
];
const WORDS = 'Your name is Ada. Remember that the sky is blue.';

function crashing(log: MemoryLog, crash: Crash): TurnStage {
  const through = (real: LogPort): LogPort => ({
    append: (request, options) => crash.step(() => real.append(request, options)),
    byIds: (request, options) => crash.step(() => real.byIds(request, options)),
    mind: (mind, options) => crash.step(() => real.mind(mind, options)),
  });
  const stage = new TurnStage({ log, through, model: new ScriptedModel(...SCRIPT) });
  stage.services.before = () => crash.step(() => Promise.resolve());
  return stage;
}

const facts = (log: MemoryLog) => log.events.map(({ kind, content, id }) => ({ kind, content, id }));

describe('a turn whose process dies', () => {
  const whole = new MemoryLog();
  beforeAll(() => new TurnStage({ log: whole, model: new ScriptedModel(...SCRIPT) }).say(WORDS));

  it.each(['before', 'after'] as const)(
    'at any step, %s its effect, goes on under the same turnId',
    async (when) => {
      let at = 0;
      for (; at < 50; at++) {
        const log = new MemoryLog();
        const crash = new Crash(at, when);
        const first = await crashing(log, crash)
          .say(WORDS)
          .catch((error: unknown) => error);
        if (!crash.happened) break;
        expect(first).toBe(crash.died);
        const restarted = new TurnStage({ log, model: new ScriptedModel(...SCRIPT) });
        const reply = await restarted.say(WORDS);
        expect(reply.text).toBe('I will do it.');
        expect(facts(log)).toEqual(facts(whole));
        expect(await restarted.say(WORDS)).toEqual(reply);
      }
      expect(at).toBeGreaterThan(8);
      expect(at).toBeLessThan(50);
    },
  );

  it('with a model that answers otherwise the second time still has one outcome', async () => {
    const log = new MemoryLog();
    const append = log.append.bind(log);
    let calls = 0;
    log.append = async (request) => {
      const reply = await append(request);
      if (++calls === 2) throw new AppError('timeout', 'no answer in time');
      return reply;
    };
    const first = new TurnStage({ log, model: new ScriptedModel({ say: 'One.\nNAME: Ada' }) });
    await expect(first.say('Hello')).rejects.toMatchObject({ code: 'timeout', retryable: true });
    const second = new TurnStage({ log, model: new ScriptedModel({ say: 'Two.' }) });
    const reply = await second.say('Hello');
    expect(reply).toMatchObject({ text: 'One.', positions: { user: 1, reply: 2 }, watermark: 3 });
    expect(log.kinds()).toEqual(['user_message', 'assistant_message', 'identity_propose']);
  });
});
