import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CAPTURE_FOLDER } from '../adapters/capture/segment-file.ts';

/** Where everything of this user lives; `--data-dir` names another place. */
export function defaultDataHome(): string {
  const home = homedir();
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? join(home, 'AppData/Roaming'), 'Leeward');
  if (process.platform === 'darwin') return join(home, 'Library/Application Support/Leeward');
  return join(process.env['XDG_DATA_HOME'] ?? join(home, '.local/share'), 'leeward');
}

export type DataHome = {
  readonly path: string;
  /** 8 hex digits, drawn once: the first part of every order id of this installation. */
  readonly installation: string;
};

/** Opens the home, making it on first use. Throws with one clear line when it cannot be written or is damaged. */
export function openDataHome(path: string): DataHome {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const file = join(path, 'installation');
  if (!existsSync(file)) writeSynced(file, randomBytes(4).toString('hex'));
  const installation = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{8}$/.test(installation))
    throw new Error(`expected 8 hex digits in ${file}, was ${JSON.stringify(installation.slice(0, 40))}`);
  return { path, installation };
}

/**
 * A directory of its own for each practice session: the practice exchange forgets its accounts when it ends, so a
 * journal that went on would tell of positions that no venue holds.
 */
export function newPracticeDirectory(home: DataHome, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace(/\..*/, 'Z');
  return join(home.path, 'practice', `${stamp}-${randomBytes(2).toString('hex')}`);
}

/** Folders with recorded market data of the practice sessions so far, the oldest session first. */
export function recordingFolders(home: DataHome): readonly string[] {
  const practice = join(home.path, 'practice');
  if (!existsSync(practice)) return [];
  const folders = readdirSync(practice).sort();
  return folders.map((name) => join(practice, name, CAPTURE_FOLDER)).filter((folder) => existsSync(folder));
}

const RUNNING = 'running.json';

/** Where the running session is found by `leeward status`, `leeward stop` and the like. */
export type RunningSession = {
  readonly pid: number;
  readonly dataDir: string;
  readonly guardianSocket: string;
  readonly clientSocket: string;
  /** Where the practice exchange tells of its accounts; absent for any other venue. */
  readonly practice?: { readonly control: string; readonly accounts: readonly string[] };
};

export function announceRunning(home: string, session: RunningSession): void {
  writeFileSync(join(home, RUNNING), `${JSON.stringify(session)}\n`, { mode: 0o600 });
}

/** The session of this home; undefined when none was announced or its process is gone. */
export function findRunning(home: string): RunningSession | undefined {
  const file = join(home, RUNNING);
  if (!existsSync(file)) return undefined;
  const session = JSON.parse(readFileSync(file, 'utf8')) as RunningSession;
  try {
    process.kill(session.pid, 0);
    return session;
  } catch {
    // No such process: the announcement outlived it.
    return undefined;
  }
}

function writeSynced(file: string, text: string): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, `${text}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
