import { DynamicModule, Module } from '@nestjs/common';
import { LogClient, Link, Metrics, Ownership, Requests, type Log } from '#libs/messaging';
import type { Clock } from '#libs/kernel';

export const SERVICE_CONFIG = Symbol('SERVICE_CONFIG');
export const CLOCK = Symbol('CLOCK');
export const LOG = Symbol('LOG');
export const INSTANCE = Symbol('INSTANCE');

/** What the shell of a service hands to its modules. */
export interface ServiceContext<C> {
  instance: string;
  config: C;
  link: Link;
  requests: Requests;
  logClient: LogClient;
  ownership: Ownership;
  metrics: Metrics;
  clock: Clock;
  log: Log;
}

/** Gives every module of a service its connection, clients, ownership, metrics, clock, log and settings. */
@Module({})
export class ContextModule {
  static forContext<C>(context: ServiceContext<C>): DynamicModule {
    const providers = [
      { provide: Link, useValue: context.link },
      { provide: Requests, useValue: context.requests },
      { provide: LogClient, useValue: context.logClient },
      { provide: Ownership, useValue: context.ownership },
      { provide: Metrics, useValue: context.metrics },
      { provide: CLOCK, useValue: context.clock },
      { provide: LOG, useValue: context.log },
      { provide: INSTANCE, useValue: context.instance },
      { provide: SERVICE_CONFIG, useValue: context.config },
    ];
    return {
      module: ContextModule,
      global: true,
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}
