import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '../src-main/adapters/config-file/load-config.ts';
import { createSystemClock } from '../src-main/adapters/system-clock/system-clock.ts';
import type { ChildMessage } from '../src-main/launcher/boot.ts';
import type { ChildExit, ProcessHost } from '../src-main/launcher/process-host.ts';
import { type Session, startSession } from '../src-main/launcher/session.ts';
import { createMarketSource } from '../src-main/practice-exchange/market/create-market-source.ts';
import {
  practiceAccounts,
  type PracticeExchange,
  startPracticeExchange,
} from '../src-main/practice-exchange/start-practice-exchange.ts';

const bundles = resolve(import.meta.dirname, '../out/main');
/** `npm test` builds first; without bundles the specs that need processes are skipped. */
export const isBuilt = existsSync(join(bundles, 'engine.js'));
export const cli = join(bundles, 'cli.js');

export type HeadlessSession = {
  readonly session: Session;
  readonly exchange: PracticeExchange;
  /** Holds the data directory `session` and nothing else. */
  readonly dir: string;
  /** Everything any of the processes printed or told the launcher to print. */
  printed(): string;
  close(): Promise<void>;
};

/** The built processes of a headless session on a practice exchange whose keys the test knows. */
export async function startHeadlessSession(speed: number, parent = tmpdir()): Promise<HeadlessSession> {
  const dir = mkdtempSync(join(parent, 'leeward-e2e-'));
  let printed = '';
  const record = (text: string): void => void (printed += text);
  const market = createMarketSource({ kind: 'demo' });
  const exchange = await startPracticeExchange({ market, speed, accounts: practiceAccounts(2) });
  const { rest, stream, wsApi } = exchange;
  const config = loadConfig({ profile: 'demo' });
  if (!config.ok) throw new Error(config.error.join('; '));
  const session = await startSession({
    host: recordingHost(record),
    clock: createSystemClock(),
    dataDir: join(dir, 'session'),
    installation: '0badcafe',
    config: config.value,
    venue: {
      boot: { venue: 'BINANCE', rest, stream, wsApi, label: 'practice exchange', origin: 'derived' },
      accounts: exchange.accounts.map(({ name, apiKey, secret }) => ({
        accountId: name,
        mode: 'paper',
        apiKey,
        secret,
      })),
    },
    instruments: [],
    baselineDir: dir,
    hostLabel: '',
    modelCards: [],
    server: { port: 0, rendererDir: join(bundles, '../renderer') },
    log: record,
  });
  const close = async (): Promise<void> => {
    await session.close();
    await exchange.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { session, exchange, dir, printed: () => printed, close };
}

/** As the product's host, with the output kept instead of inherited. */
function recordingHost(record: (text: string) => void): ProcessHost {
  return {
    start: (name) => {
      const child = fork(join(bundles, `${name}.js`), [], {
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { PATH: process.env['PATH'] },
        execArgv: [],
      });
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => record(chunk.toString()));
      const exited = new Promise<ChildExit>((settle) => child.once('exit', (code, signal) => settle({ code, signal })));
      return {
        name,
        pid: child.pid ?? -1,
        send: (message) => {
          if (child.connected) child.send(message);
        },
        onMessage: (listener) => child.on('message', (message) => listener(message as ChildMessage)),
        exited,
        kill: () => child.kill('SIGKILL'),
      };
    },
  };
}
