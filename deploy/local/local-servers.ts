import { join } from 'node:path';
import { checkGivenNats, checkGivenPostgres } from './given-servers';
import type { KeptProcess } from './kept-process';
import { prepareNats } from './nats';
import { preparePostgres } from './postgres';
import { openDatabase } from './postgres-client';
import type { ProcessReport } from './process-plan';
import { rememberedPort } from './remembered-ports';
import type { Reporter } from './reporter';
import type { LocalSettings } from './settings';

/** What the start of a server needs from the system that it becomes a part of. */
export interface ServerStage {
  settings: LocalSettings;
  reporter: Reporter;
  onProcess: (report: ProcessReport) => void;
  /** Starts the process and makes it a part of the system, which stops it. */
  run: (part: KeptProcess) => Promise<void>;
}

/** The address of the PostgreSQL that a person named, or of one that is started now. */
export async function bringPostgres({ settings, reporter, onProcess, run }: ServerStage): Promise<string> {
  const { postgresUrl, dataDir } = settings;
  if (postgresUrl !== undefined) {
    reporter.step(
      'postgres',
      `PostgreSQL ${await checkGivenPostgres(postgresUrl)} of PMM_POSTGRES_URL answers`,
    );
    return postgresUrl;
  }
  const choosePort = () => rememberedPort(join(dataDir, 'local.json'), 'postgresPort');
  const server = await preparePostgres({ dataDir, choosePort, detached: true, report: onProcess });
  await run(server.process);
  reporter.step('postgres', `PostgreSQL ${await openDatabase(server.url)} ready on 127.0.0.1:${server.port}`);
  if (server.remark !== undefined) reporter.step('postgres-place', server.remark);
  return server.url;
}

/** The address of the NATS that a person named, or of one that is started now. */
export async function bringNats({ settings, reporter, onProcess, run }: ServerStage): Promise<string> {
  const { natsUrl, dataDir } = settings;
  if (natsUrl !== undefined) {
    reporter.step('nats', `NATS ${await checkGivenNats(natsUrl)} of PMM_NATS_URL answers`);
    return natsUrl;
  }
  const choosePort = () => rememberedPort(join(dataDir, 'local.json'), 'natsPort');
  const say = (line: string) => reporter.step('nats-install', line);
  const server = await prepareNats({ dataDir, choosePort, detached: true, report: onProcess, say });
  await run(server.process);
  reporter.step('nats', `NATS ${server.version()} ready on ${server.url}`);
  return server.url;
}
