import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const entry = join(import.meta.dirname, 'cli.ts');
/** Makes this Node look like an older one to the program. */
const OLDER = "Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9' } })";

function leeward(args: readonly string[], nodeArgs: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, entry, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('the program', () => {
  it('refuses an older Node in one line before anything native is loaded', () => {
    const { status, stdout, stderr } = leeward(['replay', 'x'], [`--import=data:text/javascript,${OLDER}`]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^leeward: expected Node 24 \(Node-API 10\), was v\S+ \(Node-API 9\); run it through npm\n$/,
    );
  });

  it('ends with the exit code of its command', () => {
    expect(leeward(['nope'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'leeward: unknown command "nope"; see leeward --help\n',
    });
    expect(leeward(['replay', '--help'])).toMatchObject({ status: 0, stderr: '' });
  });
});
