import type { Readable, Writable } from 'node:stream';

/** What the command line has of its process; a test gives it another. */
export interface Shell {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  env: Readonly<Record<string, string | undefined>>;
}

/** A mistake in how the command was called: exit code 2. */
export class UsageError extends Error {}

/** Done, failed, wrong use. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
