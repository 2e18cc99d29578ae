import { type CliIo, type Command, CommandFailure, UsageError } from './command.ts';
import { COMMANDS } from './registry.ts';

type Registry = Readonly<Record<string, () => Promise<Command>>>;

const HELP = new Set(['--help', '-h']);

/** Runs one command line without the program's name. Resolves to the exit code: 0 done, 1 failed, 2 bad arguments. */
export async function runCli(args: readonly string[], io: CliIo, commands: Registry = COMMANDS): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.error(await overview(commands));
    return 2;
  }
  if (HELP.has(name) || name === 'help') {
    io.out(await overview(commands));
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    io.error(`leeward: unknown command ${JSON.stringify(name)}; see leeward --help`);
    return 2;
  }
  return runCommand(await load(), rest, io);
}

async function runCommand(command: Command, args: readonly string[], io: CliIo): Promise<number> {
  if (args.some((arg) => HELP.has(arg))) {
    io.out(command.usage.trim());
    return 0;
  }
  try {
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.error(`leeward ${command.name}: ${error.message}; see leeward ${command.name} --help`);
      return 2;
    }
    const text = error instanceof Error ? error.message : String(error);
    io.error(`leeward ${command.name}: ${error instanceof CommandFailure ? '' : 'unexpected failure: '}${text}`);
    return 1;
  }
}

async function overview(commands: Registry): Promise<string> {
  const loaded = await Promise.all(Object.values(commands).map((load) => load()));
  const width = Math.max(0, ...loaded.map(({ name }) => name.length));
  const lines = loaded.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['usage: leeward <command> [options]', '', ...lines, '', 'leeward <command> --help explains one.'].join('\n');
}
