import { Command } from 'commander';
import { countArgument, mindArgument, positionArgument, urlArgument } from './arguments';
import { chat } from './commands/chat.command';
import { events, type EventsOptions } from './commands/events.command';
import { exportMind } from './commands/export.command';
import { importFile } from './commands/import.command';
import { minds } from './commands/minds.command';
import { profile } from './commands/profile.command';
import { replay } from './commands/replay.command';
import { state } from './commands/state.command';
import { system } from './commands/system.command';
import { verify, type VerifyOptions } from './commands/verify.command';
import { why } from './commands/why.command';
import { contextOf, type CommandContext, type CommandResult, type GlobalOptions } from './context';
import type { ExitCode, Shell } from './shell';

type Run = (work: (context: CommandContext) => CommandResult) => Promise<void>;

/** The commands and their words. `done` gets the exit code of the one that ran. */
export function buildProgram(shell: Shell, done: (code: ExitCode) => void): Command {
  const program = new Command('pmm')
    .description('Talk to minds, look into them, prove what they say.')
    .option('--url <url>', 'the gateway (PMM_URL; else PMM_HTTP_HOST and PMM_HTTP_PORT)', urlArgument)
    .option('--json', 'JSON instead of text')
    .exitOverride()
    .showHelpAfterError('(pmm --help lists the commands)')
    .configureOutput({
      writeOut: (text) => void shell.stdout.write(text),
      writeErr: (text) => void shell.stderr.write(text),
    });
  const run: Run = async (work) => done(await work(contextOf(shell, program.opts<GlobalOptions>())));
  addTalk(program, run);
  addLog(program, run);
  addInsight(program, run);
  return program;
}

function addTalk(program: Command, run: Run): void {
  program
    .command('chat')
    .description('talk to a mind; it is created when it does not exist. /help lists what else you can say')
    .argument('[mind]', 'the mind', mindArgument, 'mind')
    .option('--user <name>', 'your name')
    .action((mind: string, options: { user?: string }) =>
      run((context) => chat(context, mind, options.user)),
    );
  program
    .command('minds')
    .description('list all minds')
    .action(() => run(minds));
}

function addLog(program: Command, run: Run): void {
  program
    .command('events')
    .description('show the latest events of a mind, or those after a position')
    .argument('<mind>', 'the mind', mindArgument)
    .option('--kind <kind>', 'only events of this kind')
    .option('--after <position>', 'begin after this position', countArgument)
    .option('--limit <count>', 'at most so many', countArgument)
    .option('--follow', 'go on with what happens')
    .action((mind: string, options: EventsOptions) => run((context) => events(context, mind, options)));
  program
    .command('verify')
    .description(
      "verify a mind's hash chain; with --position and --hash: whether a head you kept is still in it",
    )
    .argument('<mind>', 'the mind', mindArgument)
    .option('--from <position>', 'begin here', positionArgument)
    .option('--to <position>', 'end here', positionArgument)
    .option('--position <position>', 'position of a kept head', positionArgument)
    .option('--hash <hash>', 'hash of a kept head')
    .action((mind: string, options: VerifyOptions) => run((context) => verify(context, mind, options)));
  program
    .command('export')
    .description('write the whole log of a mind, as NDJSON')
    .argument('<mind>', 'the mind', mindArgument)
    .argument('[file]', 'where to; standard output otherwise')
    .action((mind: string, file?: string) => run((context) => exportMind(context, mind, file)));
  program
    .command('import')
    .description(
      'fill an empty mind from an export or an original ledger; it is created when it does not exist',
    )
    .argument('<mind>', 'the mind', mindArgument)
    .argument('<file>', 'the export or ledger')
    .action((mind: string, file: string) => run((context) => importFile(context, mind, file)));
}

function addInsight(program: Command, run: Run): void {
  program
    .command('state')
    .description('who a mind is, now or at a position')
    .argument('<mind>', 'the mind', mindArgument)
    .option('--at <position>', 'at this position', countArgument)
    .action((mind: string, options: { at?: number }) => run((context) => state(context, mind, options.at)));
  program
    .command('why')
    .description('what an event came from: who wrote it, by which rule, because of which events')
    .argument('<mind>', 'the mind', mindArgument)
    .argument('<position>', 'the event', positionArgument)
    .action((mind: string, position: number) => run((context) => why(context, mind, position)));
  program
    .command('replay')
    .description("fold a log from its first event and compare every service's digest with the live one")
    .argument('<mind|file>', 'a mind; or a file with an export, given with a dot or a slash in it')
    .action((source: string) => run((context) => replay(context, source)));
  program
    .command('profile')
    .description('what one tick costs: reads, batches, folds, appends and time of every service')
    .argument('<mind>', 'the mind', mindArgument)
    .action((mind: string) => run((context) => profile(context, mind)));
  program
    .command('system')
    .description('the services, their members, shards and counters')
    .action(() => run(system));
}
