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
  --folder F     results and evidence; default .data/chaos
  --resume       goes on with the results in that folder: seeds that are in it are not run again
  --faults a,b   only these: ${FAULT_KINDS.join(' ')}
  --break NAME   breaks the system first, to see the harness go red: ${Object.keys(BREAKS).join(' ')}

Exit code 0: no violation. 1: violations. 2: wrong use.
`;

export interface Options {
  seed: number;
  runs: number;
  seconds: number;
  minds: number;
  folder: string;
  resume: boolean;
  kinds?: FaultKind[];
  breakName?: string;
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
    seed: whole('seed', values.seed, Math.floor(Math.random() * 1_000_000)),
    runs: whole('runs', values.runs, 1),
    seconds: whole('seconds', values.seconds, 20),
    minds: whole('minds', values.minds, 10),
    folder: values.folder ?? '.data/chaos',
    resume: values.resume,
    kinds: values.faults?.split(',').map(faultKind),
    breakName: values.break,
  };
}

function whole(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} must be a whole number, not ${text}`);
}

function faultKind(name: string): FaultKind {
  const kind = FAULT_KINDS.find((known) => known === name);
  if (kind) return kind;
  throw new UsageError(`--faults knows no ${name}`);
}
