export { runCli } from './run-cli';
export { EXIT, type ExitCode, type Shell } from './shell';
