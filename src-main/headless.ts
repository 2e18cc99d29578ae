/** Entry for service managers: the headless server, `leeward serve` with its options. Plain Node, never Electron. */
import { refuseOldNode } from './cli/node-version.ts';

async function main(): Promise<void> {
  if (refuseOldNode()) return;
  const { runCli } = await import('./cli/run.ts');
  process.exitCode = await runCli(['serve', ...process.argv.slice(2)], {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
  });
}

void main();
