import { Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import {
  shardOf,
  subjects,
  type AppendRequest,
  type HeadsRequest,
  type ReadRequest,
  type StateReply,
} from '#libs/contracts';
import { systemClock, toErrorReply, type Fold } from '#libs/kernel';
import {
  cacheSettings,
  ContextModule,
  PassErrorsFilter,
  StatefulModule,
  type ServiceContext,
} from '#libs/service';
import { newInstance } from '../instance';
import { Link, type Log } from '../link';
import { LogClient } from '../log-client';
import { Metrics } from '../metrics';
import { Ownership } from '../ownership';
import { Requests } from '../requests';
import { PmmTransport } from '../transport';
import { answer, doDuty, testFold, type TestState } from './test-fold';
import { TestLog } from './test-log';

/** So many that each of two members surely gets some. */
const SHARDS = 32;
const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface StatefulMember extends ServiceContext<unknown> {
  application: INestMicroservice;
  stop(): Promise<void>;
}

export interface JoinOptions {
  fold?: Fold<TestState>;
  /** Values of environment variables. */
  settings?: Record<string, string>;
}

/** Members of a service with a cache (it goes by the name of projection) on a real NATS server, over a log in memory. */
export class StatefulBed {
  readonly shards = SHARDS;
  log = new TestLog();
  private readonly members: StatefulMember[] = [];

  private constructor(
    private readonly url: string,
    readonly link: Link,
    private readonly requests: Requests,
  ) {
    this.answerAsLog();
  }

  static async at(natsUrl: string): Promise<StatefulBed> {
    const link = await Link.connect({ url: natsUrl, name: 'test', log: quiet });
    return new StatefulBed(natsUrl, link, new Requests(link, SHARDS));
  }

  close(): Promise<void> {
    return this.link.close();
  }

  async join({ fold = testFold, settings = {} }: JoinOptions = {}): Promise<StatefulMember> {
    const context = await this.context(settings);
    const stateful = StatefulModule.forFold({ service: 'projection', fold, rules: [doDuty, answer] });
    @Module({ imports: [ContextModule.forContext(context), stateful] })
    class RootModule {}
    const strategy = new PmmTransport({ service: 'projection', ...context });
    const application = await NestFactory.createMicroservice(RootModule, { strategy, logger: false });
    application.useGlobalFilters(new PassErrorsFilter());
    await application.listen();
    await context.link.nc.flush();
    const stop = async () => {
      await application.close();
      await context.link.close();
    };
    const member = { ...context, application, stop };
    this.members.push(member);
    return member;
  }

  async leave(member: StatefulMember): Promise<void> {
    this.members.splice(this.members.indexOf(member), 1);
    await member.stop();
  }

  async everybodyLeaves(): Promise<void> {
    for (const member of [...this.members]) await this.leave(member);
  }

  broadcast(mind: string, from: number, to: number): void {
    this.link.publish(subjects.batch(shardOf(mind, SHARDS), mind), this.log.batch(mind, from, to));
  }

  state(mind: string, options: { minPosition?: number; at?: number } = {}): Promise<StateReply> {
    return this.requests.ask('projection', mind, 'state', { mind, ...options });
  }

  private async context(settings: Record<string, string>): Promise<ServiceContext<unknown>> {
    const instance = newInstance();
    const link = await Link.connect({ url: this.url, name: instance, log: quiet });
    const metrics = new Metrics({ service: 'projection', instance });
    const requests = new Requests(link, SHARDS);
    const about = { service: 'projection', instance, shards: SHARDS, link, log: quiet } as const;
    const config = z.object(cacheSettings).parse(settings);
    return {
      ...{ instance, config, link, requests, metrics, clock: systemClock, log: quiet },
      logClient: new LogClient(requests, metrics),
      ownership: new Ownership({ ...about, clock: systemClock }),
    };
  }

  /** Stands in for event-log, over NATS. */
  private answerAsLog(): void {
    const verbs = {
      read: (request: ReadRequest) => this.log.read(request),
      append: (request: AppendRequest) => this.log.append(request),
      heads: ({ minds = [] }: HeadsRequest) =>
        Promise.resolve({ heads: minds.map((mind) => ({ mind, ...this.log.head(mind) })) }),
    };
    for (const [verb, work] of Object.entries(verbs)) {
      this.link.subscribe(`pmm.v1.log.*.${verb}`, (message) => {
        (work as (request: unknown) => Promise<unknown>)(message.json())
          .catch(toErrorReply)
          .then((reply) => message.respond(JSON.stringify(reply)))
          .catch(() => undefined);
      });
    }
  }
}

/** Waits up to 10 s, and fails when it has not come true by then. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200 && !(await condition()); i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await condition()).toBe(true);
}
