import { CommanderError } from 'commander';
import { messageOf } from './message-of';
import { printable } from './print/printable';
import { buildProgram } from './program';
import { EXIT, UsageError, type ExitCode, type Shell } from './shell';

/**
 * Runs one command. A failure is one line on stderr.
 * @param words The words after the program's name.
 * @returns 0 done, 1 failed, 2 wrong use
 */
export async function runCli(words: readonly string[], shell: Shell): Promise<ExitCode> {
  let result: ExitCode = EXIT.done;
  const program = buildProgram(shell, (code) => (result = code));
  try {
    await program.parseAsync([...words], { from: 'user' });
    return result;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    shell.stderr.write(printable(`pmm: ${messageOf(error)}\n`));
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}
