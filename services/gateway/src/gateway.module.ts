import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Clock } from '#libs/kernel';
import { Link, LogClient, Metrics, Requests, type Log } from '#libs/messaging';
import { CLOCK, ContextModule, LOG, SERVICE_CONFIG, type ServiceContext } from '#libs/service';
import { CommitmentsController } from './adapters/http/commitments.controller';
import { ErrorFilter } from './adapters/http/error.filter';
import { LogFilesController } from './adapters/http/log-files.controller';
import { LogController } from './adapters/http/log.controller';
import { MindsController } from './adapters/http/minds.controller';
import { SelfController } from './adapters/http/self.controller';
import { StreamController } from './adapters/http/stream.controller';
import { SystemController } from './adapters/http/system.controller';
import { TicksController } from './adapters/http/ticks.controller';
import { TurnsController } from './adapters/http/turns.controller';
import { NatsMembers } from './adapters/nats/nats-members';
import { Digests } from './app/digests';
import { Whys } from './app/whys';
import { FollowMind } from './app/follow-mind';
import { ImportLog } from './app/import-log';
import { Members } from './app/members.port';
import { MindLog } from './app/mind-log';
import { SystemView } from './app/system-view';
import { Ticks } from './app/ticks';
import { Turns } from './app/turns';
import type { GatewayConfig } from './config';

const systemView = [
  { provide: Members, inject: [Link], useFactory: (link: Link) => new NatsMembers(link) },
  {
    provide: SystemView,
    inject: [Members, Metrics, Requests],
    useFactory: (members: Members, metrics: Metrics, requests: Requests) =>
      new SystemView(members, metrics, requests.shards),
  },
];

const providers = [
  ...systemView,
  { provide: APP_FILTER, useClass: ErrorFilter },
  { provide: Whys, inject: [Requests], useFactory: (requests: Requests) => new Whys(requests) },
  { provide: Digests, inject: [Requests], useFactory: (requests: Requests) => new Digests(requests) },
  {
    provide: Turns,
    inject: [Requests, Link, LOG, SERVICE_CONFIG],
    useFactory: (requests: Requests, link: Link, log: Log, config: GatewayConfig) =>
      new Turns(requests, link, log, config.PMM_MODEL_TIMEOUT_MS),
  },
  {
    provide: Ticks,
    inject: [Requests, CLOCK, LOG],
    useFactory: (requests: Requests, clock: Clock, log: Log) => new Ticks(requests, clock, log),
  },
  {
    provide: MindLog,
    inject: [Requests, LogClient],
    useFactory: (requests: Requests, logClient: LogClient) => new MindLog(requests, logClient),
  },
  {
    provide: ImportLog,
    inject: [Requests, Digests, LOG],
    useFactory: (requests: Requests, digests: Digests, log: Log) => new ImportLog(requests, digests, log),
  },
  {
    provide: FollowMind,
    inject: [Link, LogClient, LOG],
    useFactory: (link: Link, logClient: LogClient, log: Log) => new FollowMind(link, logClient, log),
  },
];

/** The HTTP side of the gateway. */
@Module({
  controllers: [
    MindsController,
    TurnsController,
    LogController,
    LogFilesController,
    StreamController,
    SelfController,
    CommitmentsController,
    TicksController,
    SystemController,
  ],
  providers,
})
export class GatewayModule {
  static forContext(context: ServiceContext<GatewayConfig>): DynamicModule {
    return { module: GatewayModule, imports: [ContextModule.forContext(context)] };
  }
}

/** The NATS side: the gateway answers nothing but the service protocol, by which it finds those that it relies on. */
@Module({ providers: systemView })
export class GatewayPeerModule {}
