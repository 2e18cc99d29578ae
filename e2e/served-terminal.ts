import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './host.ts';

export type ServedTerminal = {
  /** One-time address of the page. */
  readonly address: URL;
  readonly home: string;
  close(): Promise<void>;
};

/** The built command line serving a practice session on data of its own. Throws when it ends before it is ready. */
export async function serveTerminal(...options: readonly string[]): Promise<ServedTerminal> {
  const home = mkdtempSync(join(tmpdir(), 'leeward-web-'));
  const server = spawn(
    process.execPath,
    ['out/main/cli.js', 'serve', '--port', '0', '--data-dir', home, '--json', ...options],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const close = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { address: new URL(await readyAddress(server)), home, close };
}

async function readyAddress({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('expected the output of the server, was none');
  for await (const line of createInterface({ input: stdout })) {
    const ready = JSON.parse(line) as { readonly ready?: boolean; readonly address?: string };
    if (ready.ready === true && ready.address !== undefined) return ready.address;
  }
  throw new Error('expected the server to be ready, was its end');
}
