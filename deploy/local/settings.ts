import { resolve } from 'node:path';
import { z } from 'zod';
import { serviceStages } from './service-list';
import { StartError } from './start-error';

const portMessage = 'is no port: it must be a number from 0 to 65535';
const port = z.coerce.number(portMessage).int(portMessage).min(0, portMessage).max(65_535, portMessage);
const urlOf = (protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `is no URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const mostReplicas = 16;

/** `event-log=2,projection=2` */
const replicas = z.string().transform((text, context) => {
  const counts: Record<string, number> = {};
  for (const part of text.split(',').filter((entry) => entry.trim() !== '')) {
    const [, name, count] = /^\s*([a-z-]+)\s*=\s*(\d{1,2})\s*$/.exec(part) ?? [];
    if (name === undefined || Number(count) < 1 || Number(count) > mostReplicas) {
      context.addIssue({
        code: 'custom',
        message: `has "${part}" where <service>=<1 to ${mostReplicas}> belongs`,
      });
      return z.NEVER;
    }
    counts[name] = Number(count);
  }
  return counts;
});

const settingsSchema = z.object({
  PMM_HTTP_HOST: z.string().default('127.0.0.1'),
  PMM_HTTP_PORT: port.default(7717),
  PMM_NATS_URL: urlOf(['nats:', 'tls:']).optional(),
  PMM_POSTGRES_URL: urlOf(['postgres:', 'postgresql:']).optional(),
  PMM_DATA_DIR: z.string().default('.data'),
  PMM_REPLICAS: replicas.default({}),
});

/** The settings of the local run itself; the services read theirs from the same environment. */
export interface LocalSettings {
  httpHost: string;
  /** 0: a free one. */
  httpPort: number;
  natsUrl?: string;
  postgresUrl?: string;
  /** Absolute. */
  dataDir: string;
  replicas: Record<string, number>;
}

/** Reads the environment. Throws StartError naming the first bad setting. An empty value counts as absent. */
export function readSettings(env: NodeJS.ProcessEnv, root: string, stages = serviceStages): LocalSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { data, error } = settingsSchema.safeParse(given);
  if (!data) {
    const issue = error.issues[0];
    throw new StartError(`${issue?.path.join('.')} ${issue?.message}: correct it or unset it.`);
  }
  const unknown = Object.keys(data.PMM_REPLICAS).find((name) => !stages.flat().includes(name));
  if (unknown)
    throw new StartError(
      `PMM_REPLICAS names "${unknown}", but the services are ${stages.flat().join(', ')}.`,
    );
  return {
    httpHost: data.PMM_HTTP_HOST,
    httpPort: data.PMM_HTTP_PORT,
    natsUrl: data.PMM_NATS_URL,
    postgresUrl: data.PMM_POSTGRES_URL,
    dataDir: resolve(root, data.PMM_DATA_DIR),
    replicas: data.PMM_REPLICAS,
  };
}

export const helpText = `npm start [-- --json] [-- --help]

Starts PostgreSQL, NATS and every service on this machine, and opens a chat when there is a terminal.
Ctrl-C, or leaving the chat, stops all of it.  --json prints one JSON object per step and opens no chat.

Settings (environment variables, all optional)
  PMM_HTTP_HOST         127.0.0.1  where the gateway listens; others than loopback need PMM_API_TOKEN
  PMM_HTTP_PORT         7717       0 takes a free port
  PMM_API_TOKEN                    when set, every request needs it
  PMM_NATS_URL                     a NATS server of your own; absent: one is started
  PMM_POSTGRES_URL                 a PostgreSQL server of your own; absent: one is started
  PMM_DATA_DIR          .data      all data, logs and ports of the local run
  PMM_REPLICAS                     such as event-log=2,projection=2: processes per service
  PMM_LOG_LEVEL         info       of the services; logs are in <data folder>/logs

All others are read by the services themselves and listed in docs/operations.md, among them PMM_SHARDS,
PMM_TICK_INTERVAL_MS, PMM_MODEL_PROVIDER, PMM_MODEL, PMM_MODEL_BASE_URL, PMM_MODEL_API_KEY, PMM_SNAPSHOT_EVERY,
PMM_RESIDENT_MINDS, PMM_TAIL_MIB, PMM_TOKENS_PER_DAY.
`;
