export interface BenchArguments {
  names: string[];
  quick: boolean;
  list: boolean;
  /** Write the report though it is not of a whole run: into the one that is there, when only some are named. */
  write: boolean;
  seed: number;
}

/** @throws Error: one sentence for what can't be understood. */
export function readArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const found: BenchArguments = { names: [], quick: false, list: false, write: false, seed: 20_261_126 };
  for (let n = 0; n < args.length; n++) {
    const arg = args[n] ?? '';
    if (arg === '--quick' || arg === '--list' || arg === '--write') {
      found[arg.slice(2) as 'quick' | 'list' | 'write'] = true;
    } else if (arg === '--seed') {
      found.seed = Number(args[++n]);
      if (!Number.isInteger(found.seed) || found.seed < 0 || found.seed >= 2 ** 32)
        throw new Error('--seed wants a whole number from 0 to 4294967295.');
    } else if (known.includes(arg)) {
      found.names.push(arg);
    } else {
      throw new Error(`There is no benchmark "${arg}": they are ${known.join(', ')}.`);
    }
  }
  return found;
}
