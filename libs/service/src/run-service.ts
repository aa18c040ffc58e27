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
import { Readiness } from './readiness';
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
  /**
   * Throws an AppError while something that it relies on is away: then `/readyz` says so, and nothing else changes. Asked at
   * most once a second, and only when somebody asks for `/readyz`.
   */
  reliesOn?: (application: INestApplicationContext) => Promise<void>;
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
  const readiness = new Readiness({ ...context, reliesOn: () => options.reliesOn?.(application) });
  answerProtocol(options, context, { transport, readiness });
  await application.listen();
  await context.link.nc.flush();
  const stopListening = await options.listen?.(application, context);
  const health = await startHealth(base, context.metrics, readiness);
  readiness.open();
  stopSignal.calls(async () => {
    readiness.close();
    await stopListening?.();
    await application.close();
    health?.close();
    await context.link.close();
  });
  await tellWhenServing(readiness, log);
}

/** A supervisor starts one anew that serves nothing for long; that others are away is no reason for that. */
async function tellWhenServing(readiness: Readiness, log: Log): Promise<void> {
  const fault = readiness.ownFault();
  if (fault !== null) log.warn(`not ready yet: ${fault}`);
  if (!(await readiness.whenServing())) return;
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

function answerProtocol<T extends z.ZodObject>(
  options: ServiceOptions<T>,
  { link, instance, metrics, ownership, log }: ServiceContext<unknown>,
  { transport, readiness }: { transport: PmmTransport; readiness: Readiness },
): void {
  const startedAt = new Date().toISOString();
  const stats = async (): Promise<ServiceStats> => ({
    instance,
    startedAt,
    shards: [...ownership.owned()],
    counters: await metrics.counters(),
    metrics: await metrics.registry.getMetricsAsJSON(),
  });
  const about = { service: options.name, instance, version: VERSION, description: options.description };
  const answers = { endpoints: () => transport.endpoints(), stats, serves: () => readiness.serves() };
  answerServiceProtocol(link, { ...about, ...answers }, (error) => log.error('service protocol', error));
}

async function startHealth(
  { PMM_HEALTH_HOST: host, PMM_HEALTH_PORT: port }: BaseSettings,
  metrics: Metrics,
  readiness: Readiness,
): Promise<Server | null> {
  if (port === undefined) return null;
  return serveHealth({ host, port, fault: () => readiness.fault(), metrics });
}
