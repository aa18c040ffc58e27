import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { MindEvent, Style } from '#libs/contracts';
import { eventually, httpTo, type Http } from '#test/support/http';
import { lifeScript } from '#test/support/life-script';
import { ScriptedModel } from '#test/support/scripted-model';
import { startSystem, type System } from '#test/support/system';
import { STYLE_TEXT } from '../../services/reflection/src/core/prompt-texts';

const LIFE = '/v1/minds/life';
const POLICY = '/v1/minds/policy';
/** Below the limit of 10 ticks a second. */
const TICK_MS = 110;
const IDLE_TICKS = 500;
/** Between the last turn, close or reflection and the idle stretch. */
const QUIET_TICKS = 20;
const MODEL_TIMEOUT_MS = 6_000;

let model: ScriptedModel;
let system: System;
let http: Http;

const tick = async (path = LIFE, count = 1) => {
  for (let n = 0; n < count; n++) {
    expect((await http.post(`${path}/ticks`)).status).toBe(202);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
};
const say = (answer: string, path = LIFE) => http.post(`${path}/turns`, { text: `SAY<<${answer}>>` });
const eventsOf = async (path: string): Promise<MindEvent[]> => {
  const all: MindEvent[] = [];
  for (;;) {
    const after = all.at(-1)?.position ?? 0;
    const { events } = (await http.get(`${path}/events?limit=1000&after=${after}`)).body as {
      events: MindEvent[];
    };
    if (events.length === 0) return all;
    all.push(...events);
  }
};
const kinds = (events: readonly MindEvent[], kind: string) => events.filter((event) => event.kind === kind);

const LOUD = new Set(['user_message', 'assistant_message', 'commitment_close', 'reflection']);
/** Ticks until so many came after the last turn, close or reflection. */
const untilQuiet = async (): Promise<void> => {
  for (let round = 0; round < QUIET_TICKS; round++) {
    const events = await eventsOf(LIFE);
    const last = events.findLast(({ kind }) => LOUD.has(kind))?.position ?? 0;
    const since = kinds(events, 'autonomy_tick').filter(({ position }) => position > last).length;
    if (since >= QUIET_TICKS) return;
    await tick(LIFE, QUIET_TICKS - since);
  }
  throw new Error('this mind does not come to rest');
};
const traitsOf = async () =>
  ((await http.get(`${LIFE}/self-model`)).body.identity as { traits: Record<string, number> }).traits;

interface Why {
  basis: {
    service: string;
    rule: string | null;
    cause: { position: number; kind: string };
    numbers: Record<string, unknown>;
  } | null;
}
const why = async (position: number, path = LIFE) =>
  (await http.get(`${path}/why?position=${position}`)).body as unknown as Why;

beforeAll(async () => {
  model = await ScriptedModel.start(lifeScript);
  system = await startSystem({ env: model.settings(MODEL_TIMEOUT_MS) });
  http = httpTo(system.http);
  for (const id of ['life', 'policy']) await http.post('/v1/minds', { id, tickIntervalMs: 3_600_000 });
}, 180_000);

afterAll(async () => {
  await system?.stop();
  await model?.stop();
}, 60_000);

describe('a life: promises kept, dropped and forgotten, failures, empty answers, lies', () => {
  let events: MindEvent[];
  const failures: { fault: string; status: number; code: string; asked: number }[] = [];

  beforeAll(async () => {
    await http.post(`${LIFE}/identity`, { name: 'Nova' });
    for (let n = 0; n < 12; n++) {
      const opened = (await say(`Yes.\nCOMMIT: plant tree ${n} for Nova`)).body;
      const [control] = opened.controls as { cid?: string }[];
      const reply = (opened.positions as { reply: number }).reply;
      const open = (await http.get(`${LIFE}/commitments?minPosition=${opened.watermark as number}`)).body
        .commitments as { cid: string }[];
      const cid = open[0]?.cid ?? String(control?.cid);
      if (n % 3 === 0) await say(`Done [#${reply}].\nDONE: ${cid} #${reply + 2}`);
      else if (n % 3 === 1) await say(`I lie.\nDONE: ${cid} #99999\nDONE: it\nCOMMIT: no`);
      else {
        const { positions } = (await say('I can not.')).body as { positions: { reply: number } };
        const body = { evidence: [positions.reply], outcome: 'dropped' };
        await http.post(`${LIFE}/commitments/${cid}/close`, body);
      }
      await tick(LIFE, 6);
    }
    for (const fault of ['', 'refuse', 'fail', 'hang']) {
      const askedBefore = model.asked.length;
      const { status, body } = await say(fault);
      const asked = model.asked.slice(askedBefore).filter(({ user }) => user.includes(`SAY<<${fault}>>`));
      failures.push({ fault, status, code: (body.error as { code: string }).code, asked: asked.length });
    }
    await tick(LIFE, 12);
    // A mind that is renamed again and again loses its identity.
    for (let n = 0; n < 20; n++) await http.post(`${LIFE}/identity`, { name: `Nova${n}` });
    await tick(LIFE, 20);
    events = await eventsOf(LIFE);
  }, 200_000);

  it('goes up and down in stages, and `why` on each names its samples, means and bounds', async () => {
    const updates = kinds(events, 'stage_update');
    const steps = updates.map(({ meta }) => `${meta.from as string}-${meta.to as string}`);
    expect(steps).toContain('S0-S1');
    expect(updates.some(({ meta }) => String(meta.to) < String(meta.from))).toBe(true);
    for (const { position, meta } of updates) {
      const { basis } = await why(position);
      expect(basis).toMatchObject({
        service: 'projection',
        rule: 'stage_update',
        cause: { kind: 'autonomy_tick' },
      });
      const { samples, means, bounds } = basis?.numbers as {
        samples: { position: number; tick: number; ias: number; gas: number }[];
        means: { ias: number; gas: number };
        bounds: { direction: string; ias: number; gas: number };
      };
      const ticks = kinds(events, 'autonomy_tick').filter((one) => one.position < position);
      expect(samples.map((sample) => [sample.position, sample.tick])).toEqual(
        ticks.slice(-10).map((one) => [one.position, one.meta.tick]),
      );
      const { metrics } = (await http.get(`${LIFE}/self-model?at=${samples[0]?.position ?? 0}`)).body as {
        metrics: { ias: number; gas: number };
      };
      expect(samples[0]).toMatchObject(metrics);
      expect(means).toEqual({ ias: meta.ias, gas: meta.gas });
      const { direction, ias, gas } = bounds;
      const crossed =
        direction === 'up'
          ? means.ias >= ias - 1e-9 && means.gas >= gas - 1e-9
          : means.ias < ias || means.gas < gas;
      expect({ position, crossed }).toEqual({ position, crossed: true });
    }
  }, 60_000);

  it('each event of a rule is explained by the rule that decides it again', async () => {
    const ruled = ['trait_update', 'metrics_update', 'bandit_reward', 'meta_reflection', 'commitment_rebind'];
    for (const kind of ruled) {
      const last = kinds(events, kind).at(-1);
      if (!last) throw new Error(`this life has no ${kind}`);
      expect({ kind, rule: (await why(last.position)).basis?.rule }).toEqual({
        kind,
        rule: expect.any(String) as string,
      });
    }
    const reply = kinds(events, 'assistant_message').at(-1) as MindEvent;
    const { basis } = await why(reply.position);
    expect(basis?.cause.position).toBe(reply.meta.contextPosition);
    for (const { position } of kinds(events, 'user_message').slice(0, 1))
      expect((await why(position)).basis).toBeNull();
  }, 60_000);

  it('a reflection names the gate’s numbers and the bandit’s choice, and its style is in the prompt', async () => {
    const attempts = events.filter(({ kind }) => kind === 'reflection' || kind === 'reflection_rejected');
    const prompts = model.asked.filter(({ system: task }) => task.includes('Look back'));
    expect(attempts.length).toBeGreaterThanOrEqual(6);
    attempts.forEach(({ meta }, n) => expect(prompts[n]?.system).toContain(STYLE_TEXT[meta.style as Style]));
    expect(new Set(attempts.map(({ meta }) => meta.style)).size).toBe(5);
    for (const { position, meta } of attempts) {
      const numbers = (await why(position)).basis?.numbers;
      expect(numbers).toMatchObject({ gate: { trigger: meta.trigger }, style: { chosen: meta.style } });
    }
  }, 60_000);

  it('rewards go to the reflections that earned them, and lies close nothing', () => {
    for (const { meta } of kinds(events, 'bandit_reward')) {
      const earned = events[Number(meta.reflection) - 1];
      expect(earned).toMatchObject({ kind: 'reflection', meta: { style: meta.style } });
    }
    const closed = kinds(events, 'commitment_close');
    expect(closed.map(({ meta }) => meta.outcome).sort()).toEqual(
      [...Array(4).fill('done'), ...Array(4).fill('dropped')].sort(),
    );
  });

  it('a model that says nothing, refuses, fails at every try, or hangs ends a turn and changes nothing else', async () => {
    expect(failures).toEqual([
      { fault: '', status: 502, code: 'model_unavailable', asked: 3 },
      { fault: 'refuse', status: 502, code: 'model_refused', asked: 1 },
      { fault: 'fail', status: 502, code: 'model_unavailable', asked: 3 },
      { fault: 'hang', status: 502, code: 'model_unavailable', asked: 1 },
    ]);
    const failed = kinds(events, 'turn_failed');
    expect(failed.map(({ meta }) => meta.code)).toEqual(failures.map(({ code }) => code));
    const said = kinds(events, 'user_message').filter(({ meta }) =>
      failed.some((one) => one.meta.turnId === meta.turnId),
    );
    for (const [n, { position }] of failed.entries())
      expect((await why(position)).basis).toMatchObject({
        ...{ service: 'conversation', cause: { position: said[n]?.position } },
        numbers: { code: failures[n]?.code },
      });
  }, 60_000);

  it('what a control line did names its reply and the line; a name that a caller gave says so', async () => {
    const [open] = kinds(events, 'commitment_open');
    const reply = events.findLast(
      ({ kind, position }) => kind === 'assistant_message' && position < (open?.position ?? 0),
    );
    expect((await why(open?.position ?? 0)).basis).toMatchObject({
      ...{ service: 'conversation', rule: null, cause: { position: reply?.position } },
      numbers: { controlLine: 'COMMIT: plant tree 0 for Nova' },
    });
    const adopted = kinds(events, 'identity_adopt').at(-1)?.position ?? 0;
    expect((await why(adopted)).basis).toMatchObject({
      ...{ service: 'projection', cause: { position: adopted - 1 } },
      numbers: { source: 'api', name: 'Nova19' },
    });
  }, 60_000);

  it(`${IDLE_TICKS} idle ticks move no trait and write at most 1.2 events a tick`, async () => {
    await untilQuiet();
    const before = (await eventsOf(LIFE)).length;
    const traits = await traitsOf();
    await tick(LIFE, IDLE_TICKS);
    expect(await traitsOf()).toEqual(traits);
    const idle = (await eventsOf(LIFE)).slice(before);
    expect(kinds(idle, 'autonomy_tick').length).toBeGreaterThanOrEqual(IDLE_TICKS);
    expect(kinds(idle, 'trait_update')).toEqual([]);
    expect(idle.length / IDLE_TICKS).toBeLessThanOrEqual(1.2);
  }, 240_000);

  it('a replay in a fresh process comes to equal digests', () => {
    const cli = join(__dirname, '../../dist/libs/cli/src/main.js');
    const out = execFileSync(process.execPath, [cli, 'replay', 'life', '--url', system.http, '--json'], {
      encoding: 'utf8',
    });
    expect(out).toMatch(/"projection"/);
  }, 60_000);
});

describe('a policy', () => {
  type GateReply = { gate: { minTurns: number; reason: string; wouldReflect: boolean } };
  const gate = async () => ((await http.get(`${POLICY}/reflections`)).body as unknown as GateReply).gate;

  it('changes the gate that it names, also after the reflection service was killed', async () => {
    expect(await gate()).toMatchObject({ wouldReflect: false, reason: 'no_new_material', minTurns: 2 });
    await http.post(`${POLICY}/turns`, { text: 'POLICY-PLEASE' });
    expect(await eventually(gate, ({ reason }) => reason === 'min_turns')).toMatchObject({
      wouldReflect: false,
    });
    await http.post(`${POLICY}/reflections`);
    await eventually(gate, ({ minTurns }) => minTurns === 6);
    for (let n = 0; n < 3; n++) await say('Well.', POLICY);
    expect(await eventually(gate, ({ reason }) => reason === 'min_turns')).toMatchObject({ minTurns: 6 });
    system.kill('reflection');
    await system.restartOf('reflection');
    expect(await gate()).toMatchObject({ minTurns: 6, reason: 'min_turns', wouldReflect: false });
  }, 120_000);
});
