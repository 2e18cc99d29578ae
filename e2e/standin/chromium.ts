import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { DevToolsPipe, type DevToolsSession } from './devtools-pipe.ts';

const CHROMIUM = process.env['STANDIN_CHROMIUM'] ?? '/usr/bin/chromium';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--no-first-run',
  '--no-startup-window',
  '--no-default-browser-check',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-extensions',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-popup-blocking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-features=LocalNetworkAccessChecks,Translate,MediaRouter,OptimizationHints',
  '--password-store=basic',
  '--remote-debugging-pipe',
];

export type Chromium = {
  readonly pipe: DevToolsPipe;
  readonly browser: DevToolsSession;
  readonly version: string;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
};

/** Starts Chromium with a profile of its own: a second host must not meet the first one's profile lock. */
export async function startChromium(extraFlags: readonly string[]): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), 'standin-chromium-'));
  const child = spawn(CHROMIUM, [...FLAGS, ...extraFlags, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', (error) => process.stderr.write(`stand-in: Chromium did not start: ${error.message}\n`));
  forwardDevToolsLine(child);
  const pipe = new DevToolsPipe(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const browser = pipe.session('');
  const { product } = await browser.send('Browser.getVersion');
  return {
    pipe,
    browser,
    version: product.replace(/^.*\//, ''),
    close: async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Playwright waits for this line on the executable's standard error. */
function forwardDevToolsLine(child: ChildProcess): void {
  if (!child.stderr) return;
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (/^DevTools listening on ws:/.test(line)) process.stderr.write(`${line}\n`);
    else if (process.env['STANDIN_DEBUG'] !== undefined) process.stderr.write(`chromium: ${line}\n`);
  });
}
