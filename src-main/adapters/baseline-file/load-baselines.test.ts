import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadBaselines } from './load-baselines.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeward-baselines-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('baseline files', () => {
  it('are none where there is no folder', () => {
    expect(loadBaselines(null).size).toBe(0);
    expect(loadBaselines(join(folder, 'none')).size).toBe(0);
  });

  it.each([
    ['{', /damaged\.json: expected JSON, was/],
    ['{"schemaVersion":9}', /damaged\.json: expected schemaVersion 1, was 9/],
  ])('are refused with their name when they hold %s', (text, message) => {
    writeFileSync(join(folder, 'damaged.json'), text);
    expect(() => loadBaselines(folder)).toThrow(message);
  });
});
