import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { systemClock } from '#libs/kernel';
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
import { ContextModule, PassErrorsFilter, type ServiceContext } from '#libs/service';
import { eventLogSettings, type EventLogSettings } from '../src/config';
import { EventLogModule } from '../src/event-log.module';

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** One event-log as it runs in a process of its own, without the process. */
export interface Member extends ServiceContext<EventLogSettings> {
  close(): Promise<void>;
}

export async function startMember(environment: Record<string, string>): Promise<Member> {
  const config = eventLogSettings.parse(environment);
  const instance = newInstance();
  const link = await Link.connect({ url: config.PMM_NATS_URL, name: instance, log: silent });
  const metrics = new Metrics({ service: 'event-log', instance });
  const requests = new Requests(link, config.PMM_SHARDS);
  const shared = { service: 'event-log' as const, instance, link, clock: systemClock, log: silent };
  const ownership = new Ownership({ ...shared, shards: config.PMM_SHARDS });
  const context = {
    ...shared,
    config,
    requests,
    logClient: new LogClient(requests, metrics),
    ownership,
    metrics,
  };
  const strategy = new PmmTransport({ ...shared, ownership, metrics });
  @Module({ imports: [ContextModule.forContext(context), EventLogModule] })
  class RootModule {}
  const application = await NestFactory.createMicroservice(RootModule, { strategy, logger: false });
  application.useGlobalFilters(new PassErrorsFilter());
  await application.listen();
  const close = async () => {
    await application.close();
    await link.close();
  };
  return { ...context, close };
}
