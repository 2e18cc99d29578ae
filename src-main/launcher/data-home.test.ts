import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  announceRunning,
  defaultDataHome,
  findRunning,
  newPracticeDirectory,
  openDataHome,
  recordingFolders,
} from './data-home.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-home-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

const session = { pid: process.pid, dataDir: 'd', guardianSocket: 'g', clientSocket: 'c' };

describe('the data home', () => {
  it('draws its installation once, for this user alone', () => {
    const home = openDataHome(join(dir, 'new', 'home'));
    expect(home.installation).toMatch(/^[0-9a-f]{8}$/);
    expect(openDataHome(home.path)).toEqual(home);
    expect(statSync(home.path).mode & 0o777).toBe(0o700);
    expect(statSync(join(home.path, 'installation')).mode & 0o777).toBe(0o600);
  });

  it('refuses a damaged installation by name: its ids would not be ours', () => {
    writeFileSync(join(dir, 'installation'), 'nonsense\n');
    expect(() => openDataHome(dir)).toThrow(/expected 8 hex digits in .*installation, was "nonsense"/);
  });

  it('gives each practice session a folder of its own, named by its time', () => {
    const home = openDataHome(dir);
    const [first, second] = [0, 0].map((ms) => newPracticeDirectory(home, new Date(ms)));
    expect(first).toMatch(/practice.19700101T000000Z-[0-9a-f]{4}$/);
    expect(first).not.toBe(second);
  });

  it('knows where earlier sessions recorded market data, the oldest first', () => {
    const home = openDataHome(dir);
    expect(recordingFolders(home)).toEqual([]);
    const folders = ['20260102T000000Z-b', '20260101T000000Z-a'].map((name) => join(dir, 'practice', name));
    for (const folder of folders) mkdirSync(join(folder, 'market-data'), { recursive: true });
    mkdirSync(join(dir, 'practice', '20260103T000000Z-c'));
    expect(recordingFolders(home)).toEqual(folders.reverse().map((folder) => join(folder, 'market-data')));
  });

  it.each<[NodeJS.Platform, Readonly<Record<string, string>>, string]>([
    ['win32', { APPDATA: '/roaming' }, '/roaming/Leeward'],
    ['darwin', {}, join(homedir(), 'Library/Application Support/Leeward')],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/leeward'],
  ])('stands where %s keeps such data', (platform, variables, expected) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(defaultDataHome()).toBe(expected);
  });
});

describe('the announcement of a session', () => {
  it('is found while its process lives, and only then', () => {
    expect(findRunning(dir)).toBeUndefined();
    announceRunning(dir, session);
    expect(findRunning(dir)).toEqual(session);
    announceRunning(dir, { ...session, pid: 2 ** 22 - 1 });
    expect(findRunning(dir)).toBeUndefined();
  });
});
