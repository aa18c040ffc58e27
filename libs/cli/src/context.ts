import { PmmClient } from '#libs/client';
import { Output } from './print/output';
import type { ExitCode, Shell } from './shell';

/** Options that every command takes. */
export interface GlobalOptions {
  url?: string;
  json?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  client: PmmClient;
  out: Output;
  shell: Shell;
}

export type CommandResult = Promise<ExitCode>;

/** The client and the output that the options and the environment ask for. */
export function contextOf(shell: Shell, options: GlobalOptions): CommandContext {
  const url = options.url ?? urlOf(shell.env);
  const client = new PmmClient({ url, token: shell.env.PMM_API_TOKEN || undefined });
  return { client, shell, out: new Output(shell, options.json ?? false) };
}

/** `PMM_URL`, else where the gateway listens by its own settings. */
export function urlOf(env: Shell['env']): string {
  if (env.PMM_URL) return env.PMM_URL;
  const host = env.PMM_HTTP_HOST || '127.0.0.1';
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const name = reachable.includes(':') ? `[${reachable}]` : reachable;
  return `http://${name}:${env.PMM_HTTP_PORT || '7717'}`;
}
