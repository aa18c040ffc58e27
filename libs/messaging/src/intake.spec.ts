import type { MessageHandler } from '@nestjs/microservices';
import type { Msg } from 'nats';
import { of, throwError } from 'rxjs';
import { z } from 'zod';
import { AppError, systemClock } from '#libs/kernel';
import { BatchIntake } from './batch-intake';
import { Metrics } from './metrics';
import { RequestIntake, type Answering } from './request-intake';
import { gate, settled } from './testing/test-cache';

const replyTo = (message: Msg, replies: unknown[]): Msg => ({
  ...message,
  reply: 'inbox',
  respond: (data) => {
    replies.push(JSON.parse(Buffer.from(data as Uint8Array).toString()));
    return true;
  },
});
const messageOf = (subject: string, text: string): Msg =>
  ({ subject, data: Buffer.from(text), json: () => JSON.parse(text) as unknown }) as unknown as Msg;
const BATCH = '{"v":1}';
const handlerOf = (work: (payload: unknown) => unknown) => work as unknown as MessageHandler;

function intake() {
  const metrics = new Metrics({ service: 'projection', instance: 'x' });
  const logged: string[] = [];
  const member = { serves: true };
  const log = (text: string) => void logged.push(text);
  const parts = {
    metrics,
    clock: systemClock,
    log: { info: log, warn: log, error: log },
    ownership: { alive: () => member.serves },
    outbox: { add: (send: () => void) => send() },
  };
  return { parts, metrics, logged, member };
}

describe('taking requests in', () => {
  const answering = (work: (payload: unknown) => unknown, serial = false): Answering => ({
    verb: 'v',
    handler: handlerOf(work),
    extras: { role: 'request', schema: z.object({ mind: z.string() }), serial, sharded: true },
  });
  const request = messageOf('s.v', '{"mind":"ada"}');

  it('has an end: beyond 5,000 that wait, all others are busy until some have ended', async () => {
    const { parts } = intake();
    const intaking = new RequestIntake(parts);
    const open = gate();
    const replies: unknown[] = [];
    const slow = answering(() => open.opened.then(() => ({ ok: true })));
    for (let i = 0; i < 5_001; i++) intaking.accept(replyTo(request, replies), 1, slow);
    expect(replies).toMatchObject([{ error: { code: 'busy', retryable: true } }]);
    open.open();
    await intaking.idle();
    intaking.accept(replyTo(request, replies), 1, slow);
    await intaking.idle();
    expect(replies.slice(1)).toEqual(Array.from({ length: 5_001 }, () => ({ ok: true })));
  });

  it('unwraps what Nest makes of results and failures', async () => {
    const { parts } = intake();
    const intaking = new RequestIntake(parts);
    const replies: unknown[] = [];
    for (const result of [
      of({ n: 1 }),
      Promise.resolve(of({ n: 2 })),
      throwError(() => new AppError('busy', 'b')),
    ])
      intaking.accept(
        replyTo(request, replies),
        1,
        answering(() => result),
      );
    await intaking.idle();
    expect(replies).toHaveLength(3);
    expect(replies).toEqual(
      expect.arrayContaining([
        { n: 1 },
        { n: 2 },
        { error: { code: 'busy', message: 'b', retryable: true } },
      ]),
    );
  });

  it('drops what a member gets that was paused, also what waited in line, but not what every member answers', async () => {
    const { parts, member, metrics } = intake();
    const intaking = new RequestIntake(parts);
    const replies: unknown[] = [];
    const open = gate();
    const serial = answering(() => open.opened.then(() => ({ ok: true })), true);
    for (let i = 0; i < 2; i++) intaking.accept(replyTo(request, replies), 1, serial);
    member.serves = false;
    open.open();
    await intaking.idle();
    intaking.accept(replyTo(request, replies), 1, serial);
    intaking.accept(replyTo(request, replies), null, serial);
    await intaking.idle();
    expect(replies).toEqual([{ ok: true }, { ok: true }]);
    expect((await metrics.counters())['pmm_requests_total{verb="v",result="dropped"}']).toBe(2);
  });

  it('does nothing for a message to which nobody awaits a reply', async () => {
    const { parts } = intake();
    const intaking = new RequestIntake(parts);
    let calls = 0;
    intaking.accept(
      request,
      1,
      answering(() => (calls += 1)),
    );
    await intaking.idle();
    expect(calls).toBe(0);
  });
});

describe('taking batches in', () => {
  it('sheds what is beyond 128 MiB until some are folded', async () => {
    const { parts, metrics } = intake();
    const intaking = new BatchIntake(parts);
    const open = gate();
    let folded = 0;
    const handler = handlerOf(() => open.opened.then(() => (folded += 1)));
    const big = { ...messageOf('pmm.v1.batch.1.ada', BATCH), data: { length: 1024 * 1024 } } as Msg;
    for (let i = 0; i < 130; i++) intaking.accept(big, handler);
    expect((await metrics.counters())['pmm_batches_total{result="shed"}']).toBe(2);
    open.open();
    await intaking.idle();
    expect(folded).toBe(128);
    intaking.accept(big, handler);
    await intaking.idle();
    expect(folded).toBe(129);
  });

  it('sheds what is beyond 20,000', async () => {
    const { parts, metrics } = intake();
    const intaking = new BatchIntake(parts);
    const open = gate();
    const small = messageOf('pmm.v1.batch.1.ada', BATCH);
    for (let i = 0; i < 20_003; i++)
      intaking.accept(
        small,
        handlerOf(() => open.opened),
      );
    expect((await metrics.counters())['pmm_batches_total{result="shed"}']).toBe(3);
    open.open();
    await intaking.idle();
  });

  it('drops those of a member that was paused', async () => {
    const { parts, member } = intake();
    const intaking = new BatchIntake(parts);
    let folded = 0;
    member.serves = false;
    intaking.accept(
      messageOf('pmm.v1.batch.1.ada', BATCH),
      handlerOf(() => (folded += 1)),
    );
    await settled();
    expect(folded).toBe(0);
  });

  it('folds those of a newer replica with fields that are not known here, but not those of another version', async () => {
    const { parts, metrics, logged } = intake();
    const intaking = new BatchIntake(parts);
    const folded: unknown[] = [];
    for (const batch of ['{"v":1,"mind":"ada","more":1}', '{"v":2,"mind":"ada"}', '{"mind":"ada"}'])
      intaking.accept(
        messageOf('pmm.v1.batch.1.ada', batch),
        handlerOf((payload) => folded.push(payload)),
      );
    await intaking.idle();
    expect(folded).toEqual([{ v: 1, mind: 'ada', more: 1 }]);
    expect((await metrics.counters())['pmm_batches_total{result="unreadable"}']).toBe(2);
    expect(logged).toHaveLength(2);
  });
});
