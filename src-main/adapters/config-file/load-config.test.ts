import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeward-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const path = join(folder, 'leeward.json');
  writeFileSync(path, text);
  return path;
}

describe('configuration file', () => {
  it('is optional', () => {
    expect(loadConfig({}).ok).toBe(true);
  });

  it('is read under the other layers, with or without a byte order mark', () => {
    const filePath = written('\uFEFF{"schemaVersion":1,"risk":{"priceCollarRatio":"0.01"}}');
    expect(loadConfig({ filePath })).toMatchObject({ value: { risk: { priceCollarRatio: '0.01' } } });
  });

  it.each([
    ['{"schemaVersion":1,', /leeward\.json: expected JSON, was .+/],
    ['{"schemaVersion":1,"risk":{"maxDayLossRatio":"9"}}', /risk\.maxDayLossRatio: expected a ratio between 0 and 1/],
  ])('refuses %s in one line', (text, line) => {
    const loaded = loadConfig({ filePath: written(text) });
    expect(loaded.ok ? [] : loaded.error).toEqual([expect.stringMatching(line)]);
    expect(loaded.ok ? '' : loaded.error.join()).not.toContain('\n');
  });

  it('refuses a file that is not there', () => {
    const filePath = join(folder, 'none.json');
    const error = [`${filePath}: expected a readable configuration file, was ENOENT`];
    expect(loadConfig({ filePath })).toEqual({ ok: false, error });
  });
});
