import { NestFactory } from '@nestjs/core';
import type { DynamicModule, INestApplicationContext, INestMicroservice, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { Server } from 'node:http';
import type { z } from 'zod';
import type { ServiceName, ServiceStats } from '#libs/contracts';
import { AppError, systemClock } from '#libs/kernel';
import {
  answerServiceProtocol,
  Link,
  LogClient,
  Metrics,
  newInstance,
  Ownership,
  PmmTransport,
  Requests,
  type Log,
} from '#libs/messaging';
import { PassErrorsFilter } from './app-error.filter';
import { ContextModule, type ServiceContext } from './context.module';
import { serveHealth } from './health';
import { createPino, NestLog, toLog } from './logging';
import { describeSettings, readSettings, SettingsError, type BaseSettings } from './settings';
import { StopSignal } from './stop-signal';

export const VERSION = '0.1.0';

const SHARD_CHECK_MS = 120_000;
const WRONG_USE = 2;

export interface ServiceOptions<T extends z.ZodObject> {
  name: ServiceName;
  description: string;
  settings: T;
  module: (config: z.output<T>) => Type | DynamicModule;
  /** Work before the service joins the others; event-log migrates here. */
  prepare?: (config: z.output<T>, log: Log) => Promise<void>;
  /** False for event-log itself, which holds the number of shards. */
  checkShards?: boolean;
  /** For a service that also listens elsewhere, like the gateway: called once the transport serves. */
  listen?: (
    application: INestApplicationContext,
    context: ServiceContext<z.output<T>>,
  ) => Promise<() => Promise<void>>;
}

/**
 * Runs one service process: settings, log, NATS, membership, transport, service protocol, health, and an orderly end
 * on SIGTERM, SIGINT or when the supervisor is gone. A start that fails says one sentence and exits with 1, or with 2 when
 * a setting is wrong, so that trying again is of no use.
 */
export async function runService<T extends z.ZodObject>(options: ServiceOptions<T>): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(
      `${options.name}: ${options.description}\n\n${describeSettings(options.settings)}\n`,
    );
    return;
  }
  try {
    await start(options);
  } catch (error) {
    const expected = error instanceof SettingsError || error instanceof AppError;
    const wrongUse =
      error instanceof SettingsError || (error instanceof AppError && error.code === 'invalid_request');
    process.stderr.write(
      `${options.name} can't start: ${expected ? error.message : String((error as Error).stack)}\n`,
    );
    process.exit(wrongUse ? WRONG_USE : 1);
  }
}

async function start<T extends z.ZodObject>(options: ServiceOptions<T>): Promise<void> {
  const config = readSettings(options.settings, process.env);
  const base = config as BaseSettings;
  const instance = newInstance();
  const pino = createPino(options.name, instance, base.PMM_LOG_LEVEL);
  const log = toLog(pino);
  const stopSignal = new StopSignal(log);
  process.on('unhandledRejection', (error) => {
    log.error('unhandled rejection; this process ends', error);
    process.exit(1);
  });
  await options.prepare?.(config, log);
  const context = await connectContext(options.name, { config, instance, log, base });
  if (options.checkShards !== false) await checkShards(context.requests);
  const transport = new PmmTransport({ service: options.name, ...context });
  const application = await createApplication(options.module(config), context, transport, new NestLog(pino));
  const stats = protocol(options, context, transport);
  await application.listen();
  await context.link.nc.flush();
  const stopListening = await options.listen?.(application, context);
  const health = await startHealth(base, context, () => stats.ready);
  stats.ready = true;
  stopSignal.calls(async () => {
    stats.ready = false;
    await stopListening?.();
    await application.close();
    health?.close();
    await context.link.close();
  });
  log.info('ready');
  process.send?.({ ready: true });
}

async function connectContext<C>(
  name: ServiceName,
  { config, instance, log, base }: { config: C; instance: string; log: Log; base: BaseSettings },
): Promise<ServiceContext<C>> {
  const link = await Link.connect({
    url: base.PMM_NATS_URL,
    name: `pmm-${name}-${instance}`,
    creds: base.PMM_NATS_CREDS,
    log,
  });
  const metrics = new Metrics({ service: name, instance });
  const requests = new Requests(link, base.PMM_SHARDS);
  const logClient = new LogClient(requests, metrics);
  const ownership = new Ownership({
    service: name,
    instance,
    shards: base.PMM_SHARDS,
    link,
    clock: systemClock,
    log,
  });
  return { instance, config, link, requests, logClient, ownership, metrics, clock: systemClock, log };
}

async function checkShards(requests: Requests): Promise<void> {
  const info = await requests.askAny<{ shards: number }>(
    'event-log',
    'info',
    {},
    { timeoutMs: SHARD_CHECK_MS },
  );
  if (info.shards === requests.shards) return;
  throw new SettingsError(
    `PMM_SHARDS is ${requests.shards}, but this system was started with ${info.shards}; set it to ${info.shards}`,
  );
}

async function createApplication<C>(
  module: Type | DynamicModule,
  context: ServiceContext<C>,
  strategy: PmmTransport,
  logger: NestLog,
): Promise<INestMicroservice> {
  @Module({ imports: [ContextModule.forContext(context), module] })
  class RootModule {}
  const application = await NestFactory.createMicroservice(RootModule, {
    strategy,
    logger,
    abortOnError: false,
  });
  application.useGlobalFilters(new PassErrorsFilter());
  return application;
}

function protocol<T extends z.ZodObject>(
  options: ServiceOptions<T>,
  { link, instance, metrics, ownership, log }: ServiceContext<unknown>,
  transport: PmmTransport,
): { ready: boolean } {
  const state = { ready: false };
  const startedAt = new Date().toISOString();
  const stats = async (): Promise<ServiceStats> => ({
    instance,
    startedAt,
    shards: [...ownership.owned()],
    counters: await metrics.counters(),
    metrics: await metrics.registry.getMetricsAsJSON(),
  });
  const about = { service: options.name, instance, version: VERSION, description: options.description };
  answerServiceProtocol(link, { ...about, endpoints: () => transport.endpoints(), stats }, (error) =>
    log.error('service protocol', error),
  );
  return state;
}

async function startHealth(
  base: BaseSettings,
  { metrics, link }: ServiceContext<unknown>,
  ready: () => boolean,
): Promise<Server | null> {
  if (base.PMM_HEALTH_PORT === undefined) return null;
  const isReady = () => ready() && link.state === 'connected';
  return serveHealth({ host: base.PMM_HEALTH_HOST, port: base.PMM_HEALTH_PORT, ready: isReady, metrics });
}
