import { Controller, Inject, Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import type { Appended, Batch } from '#libs/contracts';
import { AppError, systemClock } from '#libs/kernel';
import { PassErrorsFilter } from '#libs/service';
import { Handles, OnAppended, OnBatch } from '../handles.decorator';
import { newInstance } from '../instance';
import { Link } from '../link';
import { Metrics } from '../metrics';
import { Ownership } from '../ownership';
import { RawJson } from '../raw-json';
import { Requests } from '../requests';
import { currentTrace } from '../trace';
import { PmmTransport, type RequestContext } from '../transport';

/** What reaches a test's service, and what it does about it. */
export class TestDoor {
  readonly seen: string[] = [];
  readonly batches: Batch[] = [];
  readonly appended: { appended: Appended; shard: number }[] = [];
  readonly contexts: RequestContext[] = [];
  readonly traces: (string | undefined)[] = [];
  instance = '';
  /** What a `slow` request or a batch waits for. */
  wait: (mind: string) => Promise<void> = () => Promise.resolve();
}

const note = z.strictObject({ mind: z.string(), text: z.string().default('') });
type Note = z.infer<typeof note>;

@Controller()
class TestController {
  constructor(@Inject(TestDoor) private readonly door: TestDoor) {}

  @Handles('echo', note)
  echo({ text }: Note, context: RequestContext) {
    this.door.contexts.push(context);
    this.door.traces.push(currentTrace());
    return { text, instance: this.door.instance };
  }

  @Handles('slow', note)
  slow(request: Note): Promise<object> {
    return this.work(request);
  }

  @Handles('serial', note, { serial: true })
  serial(request: Note): Promise<object> {
    return this.work(request);
  }

  @Handles('fail', note)
  fail({ text }: Note): never {
    if (text === 'bug') throw new TypeError('the secret detail');
    throw new AppError('version_conflict', text, { head: { position: 7, hash: 'f' } });
  }

  @Handles('reject', note)
  reject({ text }: Note): Promise<never> {
    return Promise.reject(new AppError('busy', text));
  }

  @Handles('raw', note)
  raw(): RawJson {
    return new RawJson('{"n":1.0}');
  }

  @Handles('garbled', note)
  garbled(): RawJson {
    this.door.seen.push('garbled');
    return new RawJson('{"n":');
  }

  @Handles('nothing', note)
  nothing(): void {}

  @Handles('big', note)
  big(): object {
    return { text: 'x'.repeat(2 * 1024 * 1024) };
  }

  @Handles('who', z.strictObject({}), { sharded: false })
  who() {
    return { instance: this.door.instance };
  }

  @OnBatch()
  async onBatch(batch: Batch): Promise<void> {
    this.door.seen.push(`${batch.mind} ${batch.from} begins`);
    await this.door.wait(batch.mind);
    if (batch.to === 13) throw new Error('unlucky');
    this.door.batches.push(batch);
    this.door.seen.push(`${batch.mind} ${batch.from} ends`);
  }

  @OnAppended()
  onAppended(appended: Appended, { shard }: { shard: number }): void {
    this.door.appended.push({ appended, shard });
  }

  private async work({ mind, text }: Note): Promise<object> {
    this.door.seen.push(`${mind} ${text} begins`);
    await this.door.wait(mind);
    this.door.seen.push(`${mind} ${text} ends`);
    return { text, instance: this.door.instance };
  }
}

@Module({})
class TestModule {
  static with(door: TestDoor): DynamicModule {
    return {
      module: TestModule,
      controllers: [TestController],
      providers: [{ provide: TestDoor, useValue: door }],
    };
  }
}

export interface TestService {
  instance: string;
  door: TestDoor;
  link: Link;
  ownership: Ownership;
  metrics: Metrics;
  requests: Requests;
  transport: PmmTransport;
  application: INestMicroservice;
  logged: string[];
  stop(): Promise<void>;
}

/** So many that each of three members surely gets some. */
export const TEST_SHARDS = 32;

/** A client that serves nothing. */
export async function testClient(url: string): Promise<{ link: Link; requests: Requests }> {
  const link = await Link.connect({ url, name: 'test-client', log: quiet([]) });
  return { link, requests: new Requests(link, TEST_SHARDS) };
}

/** One member of a service (it goes by the name of projection) on a real NATS server. */
export async function testService(url: string): Promise<TestService> {
  const instance = newInstance();
  const door = new TestDoor();
  door.instance = instance;
  const logged: string[] = [];
  const log = quiet(logged);
  const service = 'projection';
  const link = await Link.connect({ url, name: `test-${instance}`, log });
  const metrics = new Metrics({ service, instance });
  const ownership = new Ownership({ service, instance, shards: TEST_SHARDS, link, clock: systemClock, log });
  const transport = new PmmTransport({ service, link, ownership, metrics, clock: systemClock, log });
  const application = await NestFactory.createMicroservice(TestModule.with(door), {
    strategy: transport,
    logger: false,
    abortOnError: false,
  });
  application.useGlobalFilters(new PassErrorsFilter());
  await application.listen();
  await link.nc.flush();
  const requests = new Requests(link, TEST_SHARDS);
  const stop = async () => {
    await application.close();
    await link.close();
  };
  return { instance, door, link, ownership, metrics, requests, transport, application, logged, stop };
}

const quiet = (logged: string[]) => ({
  info: () => undefined,
  warn: (message: string) => void logged.push(message),
  error: (message: string, error?: unknown) => void logged.push(`${message} ${String(error)}`),
});
