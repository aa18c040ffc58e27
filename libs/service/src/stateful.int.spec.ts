import { Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  shardOf,
  subjects,
  type AppendRequest,
  type HeadsRequest,
  type ReadRequest,
  type StateReply,
} from '#libs/contracts';
import { digestOf, foldAll, systemClock, toErrorReply } from '#libs/kernel';
import {
  Link,
  LogClient,
  Metrics,
  newInstance,
  Ownership,
  PmmTransport,
  Requests,
  type Log,
} from '#libs/messaging';
import { withServers, type Servers } from '#test/support/servers';
import { answer, doDuty, testFold } from '../../messaging/src/testing/test-fold';
import { TestLog } from '../../messaging/src/testing/test-log';
import { PassErrorsFilter } from './app-error.filter';
import { ContextModule, type ServiceContext } from './context.module';
import { cacheSettings } from './settings';
import { StatefulModule } from './stateful.module';
import { z } from 'zod';

/** So many that each of two members surely gets some. */
const SHARDS = 32;
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let servers: Servers;
let link: Link;
let requests: Requests;
let log: TestLog;

interface Member extends ServiceContext<unknown> {
  application: INestMicroservice;
  stop(): Promise<void>;
}
const members: Member[] = [];

beforeAll(async () => {
  servers = await withServers({ postgres: false });
  link = await Link.connect({ url: servers.natsUrl, name: 'test', log: quiet });
  requests = new Requests(link, SHARDS);
  answerAsLog();
}, 30_000);
afterEach(async () => {
  for (const member of members.splice(0)) await member.stop();
});
afterAll(async () => {
  await link?.close();
  await servers?.stop();
});
beforeEach(() => void (log = new TestLog()));

/** Stands in for event-log, over NATS. */
function answerAsLog(): void {
  const verbs = {
    read: (request: ReadRequest) => log.read(request),
    append: (request: AppendRequest) => log.append(request),
    heads: ({ minds = [] }: HeadsRequest) =>
      Promise.resolve({ heads: minds.map((mind) => ({ mind, ...log.head(mind) })) }),
  };
  for (const [verb, work] of Object.entries(verbs)) {
    link.subscribe(`pmm.v1.log.*.${verb}`, (message) => {
      (work as (request: unknown) => Promise<unknown>)(message.json())
        .catch(toErrorReply)
        .then((reply) => message.respond(JSON.stringify(reply)))
        .catch(() => undefined);
    });
  }
}

async function join(): Promise<Member> {
  const instance = newInstance();
  const own = await Link.connect({ url: servers.natsUrl, name: instance, log: quiet });
  const metrics = new Metrics({ service: 'projection', instance });
  const asking = new Requests(own, SHARDS);
  const about = {
    service: 'projection',
    instance,
    shards: SHARDS,
    link: own,
    clock: systemClock,
    log: quiet,
  } as const;
  const context = {
    instance,
    config: z.object(cacheSettings).parse({}),
    link: own,
    requests: asking,
    logClient: new LogClient(asking, metrics),
    ownership: new Ownership(about),
    metrics,
    clock: systemClock,
    log: quiet,
  };
  const stateful = StatefulModule.forFold({ service: 'projection', fold: testFold, rules: [doDuty, answer] });
  @Module({ imports: [ContextModule.forContext(context), stateful] })
  class RootModule {}
  const strategy = new PmmTransport({ service: 'projection', ...context });
  const application = await NestFactory.createMicroservice(RootModule, { strategy, logger: false });
  application.useGlobalFilters(new PassErrorsFilter());
  await application.listen();
  await own.nc.flush();
  const stop = async () => {
    await application.close();
    await own.close();
  };
  const member = { ...context, application, stop };
  members.push(member);
  return member;
}

async function leave(member: Member): Promise<void> {
  members.splice(members.indexOf(member), 1);
  await member.stop();
}

const say = (content: string) => ({ kind: 'x.say', content });
const says = (count: number) => Array.from({ length: count }, (_, n) => say(`${n}`));
const broadcast = (mind: string, from: number, to: number) =>
  link.publish(subjects.batch(shardOf(mind, SHARDS), mind), log.batch(mind, from, to));
const state = (mind: string, options: { minPosition?: number; at?: number } = {}) =>
  requests.ask<StateReply>('projection', mind, 'state', { mind, ...options });
const digest = (mind: string) => digestOf(testFold, foldAll(testFold, log.events(mind)));
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200 && !(await condition()); i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await condition()).toBe(true);
}

describe('a service with a cache', () => {
  it('folds what is broadcast, decides, and tells watermark and digest', async () => {
    await join();
    log.put('ada', say('well?'));
    broadcast('ada', 1, 1);
    await until(() => log.appends.length === 1);
    expect(log.events('ada')).toHaveLength(2);
    broadcast('ada', 2, 2);
    expect(await state('ada', { minPosition: 2 })).toEqual({
      service: 'projection',
      foldVersion: 1,
      watermark: 2,
      digest: digest('ada'),
    });
    expect(log.reads).toEqual([]);
  });

  it('hands errors on', async () => {
    await join();
    await expect(state('nobody')).rejects.toMatchObject({ code: 'unknown_mind' });
    log.put('ada', say('a'));
    await expect(state('ada', { minPosition: 9 })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('finds out on a reconnect what a quiet mind missed', async () => {
    const member = await join();
    log.put('ada', say('a'));
    expect(await state('ada')).toMatchObject({ watermark: 1 });
    log.put('ada', say('b'));
    const before = log.reads.length;
    await servers.restartNats();
    const folded = 'pmm_events_folded_total{path="repair"}';
    await until(async () => (await member.metrics.counters())[folded] === 1);
    expect(await state('ada')).toMatchObject({ watermark: 2, digest: digest('ada') });
    expect(log.reads.slice(before).map(({ purpose }) => purpose)).toEqual(['repair']);
  }, 30_000);

  it('goes on from the snapshot of the one before, with one read', async () => {
    const first = await join();
    log.put('ada', say('?'), ...says(149));
    broadcast('ada', 1, 150);
    await until(async () => (await state('ada')).watermark === 150);
    await leave(first);
    await join();
    log.put('ada', say('more'));
    log.reads.length = 0;
    expect(await state('ada')).toMatchObject({ watermark: 152, digest: digest('ada') });
    expect(log.reads).toMatchObject([{ after: 149 }]);
  }, 20_000);

  it('forgets what it holds of a shard that was another member’s in between', async () => {
    const first = await join();
    const minds = Array.from({ length: 12 }, (_, n) => `mind-${n}`);
    for (const mind of minds) log.put(mind, say('a'));
    for (const mind of minds) expect(await state(mind)).toMatchObject({ watermark: 1 });
    const second = await join();
    await until(() => first.ownership.owned().length + second.ownership.owned().length === SHARDS);
    await until(() => first.ownership.owned().length < SHARDS);
    for (const mind of minds) {
      log.put(mind, say('b'));
      broadcast(mind, 2, 2);
    }
    await leave(second);
    await until(() => first.ownership.owned().length === SHARDS);
    for (const mind of minds) expect(await state(mind)).toMatchObject({ watermark: 2, digest: digest(mind) });
  }, 20_000);
});
