/** Entry of `leeward <command>`. Natives segfault on older Node, so nothing that may reach one is imported before the check. */
const REQUIRED_NAPI = 10;

async function main(): Promise<void> {
  const { napi } = process.versions;
  if (Number(napi) < REQUIRED_NAPI) {
    process.stderr.write(
      `leeward: expected Node 24 (Node-API ${REQUIRED_NAPI}), was ${process.version} (Node-API ${napi ?? 'none'}); run it through npm\n`,
    );
    process.exitCode = 1;
    return;
  }
  // A reader that left, such as `head`, ends the program without a stack.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { runCli } = await import('./cli/run.ts');
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (line) => void process.stdout.write(`${line}\n`),
    error: (line) => void process.stderr.write(`${line}\n`),
  });
}

void main();

export {};
