import { runCli } from './run-cli';

/** A reader that has seen enough, like `head`, closes the pipe; that is no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

void runCli(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
