import { parseArgs } from 'node:util';
import { BREAKS } from './breaks';
import { FAULT_KINDS, type FaultKind } from './faults/fault-kinds';

export const HELP = `npm run chaos -- [--seed N] [--runs K] [--seconds S] [--minds M] [--folder F] [--resume]
                 [--faults a,b] [--break NAME]

Runs the real system, two processes of each service, under a client load while faults are injected, and checks at the
end of each run that nothing was lost or doubled. Runs take the seeds N, N+1, … and share one running system.

  --seed N       the first seed; default drawn, and printed
  --runs K       default 1
  --seconds S    of load in each run; default 20
  --minds M      new ones for each run; default 10
  --folder F     results and evidence; default .data/chaos; it must hold no results yet
  --resume       goes on with the results in that folder, with their settings and at their commit: seeds that are in it
                 are not run again; --runs may be another number
  --faults a,b   only these: ${FAULT_KINDS.join(' ')}
  --break NAME   breaks the system first, to see the harness go red: ${Object.keys(BREAKS).join(' ')}

Exit code 0: no violation. 1: violations. 2: wrong use.
`;

/** What all runs of a series have in common. */
export interface Settings {
  /** The first one. */
  seed: number;
  seconds: number;
  minds: number;
  kinds?: FaultKind[];
  breakName?: string;
}

export interface Options {
  folder: string;
  resume: boolean;
  /** What the caller said of it; the rest is default, or that of the results that are gone on with. */
  given: Partial<Settings & { runs: number }>;
}

export class UsageError extends Error {}

/** @throws UsageError naming what is wrong. */
export function readOptions(args: string[]): Options | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const names = {
    seed: text,
    runs: text,
    seconds: text,
    minds: text,
    folder: text,
    faults: text,
    break: text,
  };
  const { values } = parseArgs({ args, options: { ...names, resume: flag, help: flag } });
  if (values.help) return 'help';
  if (values.break !== undefined && !(values.break in BREAKS))
    throw new UsageError(`--break knows no ${values.break}`);
  return {
    folder: values.folder ?? '.data/chaos',
    resume: values.resume,
    given: {
      seed: whole('seed', values.seed),
      runs: whole('runs', values.runs),
      seconds: whole('seconds', values.seconds),
      minds: whole('minds', values.minds),
      kinds: values.faults?.split(',').map(faultKind),
      breakName: values.break,
    },
  };
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} must be a whole number, not ${text}`);
}

function faultKind(name: string): FaultKind {
  const kind = FAULT_KINDS.find((known) => known === name);
  if (kind) return kind;
  throw new UsageError(`--faults knows no ${name}`);
}
