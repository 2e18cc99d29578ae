import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const OUT = resolve(import.meta.dirname, '../../out/main');
const ENTRIES = ['headless', 'guardian', 'engine', 'worker', 'server', 'practice-exchange', 'cli'];

/** The system's own Node where it is too old for our natives; skipped by name elsewhere. */
const OLD_NODE = ['/usr/bin/node'].find(
  (path) =>
    existsSync(path) && Number(spawnSync(path, ['-p', 'process.versions.napi'], { encoding: 'utf8' }).stdout) < 10,
);

/** Files an entry can load, by the imports that stand in the bundles. */
function reachable(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+\.js)["']/g)) {
    const next = resolve(file, '..', path ?? '');
    if (existsSync(next)) reachable(next, seen);
  }
  return seen;
}

// `npm test` builds first; a test run by hand in an unbuilt checkout says so instead of passing.
describe('the bundles of the headless product', () => {
  it.each(ENTRIES)('%s reaches no Electron', (entry) => {
    const files = [...reachable(join(OUT, `${entry}.js`))];
    const electron = files.filter((file) =>
      /(?:from|import|require)\s*\(?\s*["']electron["']/.test(readFileSync(file, 'utf8')),
    );
    expect(electron).toEqual([]);
  });

  it('runs under plain Node', () => {
    const { status, stdout } = spawnSync(process.execPath, [join(OUT, 'headless.js'), '--help'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('usage: leeward serve');
  });

  it.skipIf(OLD_NODE === undefined)('refuses an old Node in one line before anything native is loaded', () => {
    for (const entry of ['headless', 'cli']) {
      const { status, stderr } = spawnSync(OLD_NODE ?? '', [join(OUT, `${entry}.js`), 'serve'], { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('expected Node 24')]);
    }
  });

  it('leaves no test code in the bundles', () => {
    const names = readdirSync(OUT, { recursive: true }).map(String);
    expect(names.filter((name) => name.includes('.test.') || name.includes('testing'))).toEqual([]);
  });
});
