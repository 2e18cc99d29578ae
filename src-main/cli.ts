/** Entry of `leeward <command>`. */
import { refuseOldNode } from './cli/node-version.ts';

async function main(): Promise<void> {
  if (refuseOldNode()) return;
  // A reader that left, such as `head`, ends the program without a stack.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { runCli } = await import('./cli/run.ts');
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
  });
}

void main();
