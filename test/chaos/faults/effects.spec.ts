import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { waitUntil } from '#deploy/local/waiting';
import type { Load } from '../load/load';
import type { Random } from '../random';
import type { Stage } from '../stage/stage';
import { TcpProxy } from '../stage/tcp-proxy';
import type { Effect } from './fault-kinds';
import { fullQueues } from './load-faults';
import { killService, natsPause, pausedFor, pauseService } from './process-faults';
import { batchesDoubled, batchesReordered, cut, delay, modelMood } from './wire-faults';

const SHORT_MS = 100;
/** Always the first, and never long. */
const dice = {
  between: (_low: number, high: number) => Math.min(high, SHORT_MS),
  pick: <T>(items: readonly T[]) => items[0],
  chance: () => true,
  shuffled: <T>(items: readonly T[]) => [...items],
  uuid: () => '00000000-0000-4000-8000-000000000001',
  next: () => 0,
} as unknown as Random;

const isReal = async (effect: Promise<Effect>): Promise<boolean> => (await effect).isReal;
const stageWith = (parts: object) => parts as unknown as Stage;
const systemOf = (pids: Record<string, number>) => ({ system: { pids: () => pids } });

describe('a process', () => {
  let child: ChildProcess;
  const pid = () => child.pid ?? 0;
  const goneProcess = (): number => spawnSync(process.execPath, ['--version']).pid;

  beforeEach(() => (child = spawn('sleep', ['60'])));
  afterEach(() => child.kill('SIGKILL'));

  it('that is gone, or that nobody runs, is struck in vain', async () => {
    const gone = stageWith(systemOf({ gateway: goneProcess(), 'event-log': goneProcess() }));
    expect(await isReal(killService(gone, dice))).toBe(false);
    expect(await isReal(pauseService(gone, dice))).toBe(false);
    expect(await isReal(killService(stageWith(systemOf({})), dice))).toBe(false);
    expect(await isReal(natsPause(stageWith({ servers: { pids: { nats: goneProcess() } } }), dice))).toBe(
      false,
    );
  });
  it('that is there is struck', async () => {
    const there = stageWith(systemOf({ 'event-log': pid() }));
    expect(await isReal(pauseService(there, dice))).toBe(true);
    expect(await isReal(killService(there, dice))).toBe(true);
  });
  it('that ends meanwhile was not paused', async () => {
    const paused = pausedFor(pid(), 500);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await paused).toBe(false);
  });
  it('of event-log stands still while more is asked than all gateways take; only `busy` makes it real', async () => {
    const stands = () => /^State:\s+T/m.test(readFileSync(`/proc/${pid()}/status`, 'utf8'));
    const seen: boolean[] = [];
    const flood = (busy: number) => {
      const act = async () => {
        seen.push((await waitUntil(stands, { timeoutMs: 1_000 })) ?? false);
        return { busy };
      };
      const load = { clients: [{ act, known: { position: 0 } }] } as unknown as Load;
      const stage = stageWith({ gateways: ['one', 'two'], ...systemOf({ 'event-log': pid() }) });
      return fullQueues(stage, load, dice);
    };
    expect(await isReal(flood(1))).toBe(true);
    expect(await isReal(flood(0))).toBe(false);
    expect(seen.length).toBeGreaterThan(2 * 600);
    expect([...new Set(seen)]).toEqual([true]);
  }, 20_000);
});

describe('a line', () => {
  let server: Server;
  let proxy: TcpProxy;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.before(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy.close();
    server.close();
  });

  function dial(): Socket {
    const { port } = new URL(proxy.through('tcp://127.0.0.1:1'));
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    return socket;
  }
  async function echoOf(socket: Socket): Promise<string> {
    socket.write('word');
    const [echo] = (await once(socket, 'data')) as [Buffer];
    return echo.toString();
  }

  it('that nobody uses is cut and slowed in vain', async () => {
    expect(await isReal(cut(proxy, dice))).toBe(false);
    expect(await isReal(delay(proxy, dice))).toBe(false);
  });
  it('that is in use is cut', async () => {
    await echoOf(dial());
    expect(await isReal(cut(proxy, dice))).toBe(true);
  });
  it('that somebody wants is refused', async () => {
    const effect = cut(proxy, dice);
    dial();
    expect(await isReal(effect)).toBe(true);
  });
  it('that carries something is slowed', async () => {
    const socket = dial();
    expect(await echoOf(socket)).toBe('word');
    const [effect] = await Promise.all([isReal(delay(proxy, dice)), echoOf(socket)]);
    expect(effect).toBe(true);
  });
});

it('a mood of the model that nobody meets is in vain, and so are copies of no batches', async () => {
  const model = { mood: 'answers', asked: { hangs: 7 } };
  const unasked = modelMood(stageWith({ model }), dice, 'hangs');
  expect(await isReal(unasked)).toBe(false);
  const asked = modelMood(stageWith({ model }), dice, 'hangs');
  model.asked.hangs += 1;
  expect(await isReal(asked)).toBe(true);
  const ear = (batches: object[]) => stageWith({ ear: { batches, publish: () => undefined } });
  const one = { subject: 'a', data: Buffer.from('{"events":[{}]}') };
  const doubled = [batchesDoubled(ear([]), dice), batchesDoubled(ear([one]), dice)].map(isReal);
  const reordered = [batchesReordered(ear([]), dice), batchesReordered(ear([one]), dice)].map(isReal);
  expect(await Promise.all([...doubled, ...reordered])).toEqual([false, true, false, true]);
}, 15_000);
