import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../adapters/sqlite/open-journal.ts';
import { command } from '../../cli/audit.ts';
import { runCli } from '../../cli/run.ts';
import { DEFAULT_CONFIG } from '../../engine/domain/config-defaults.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { recordMarketData } from '../../launcher/recording.ts';

const MESSAGE = Buffer.from('{"data":{"e":"trade","E":1,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1,"m":true,"M":true}}');

let dir: string;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-segments-'));
  for (const epoch of [1, 2]) await record(epoch);
});
afterEach(() => rmSync(dir, { recursive: true }));

/** One engine life that records one message. */
async function record(
  engineEpoch: number,
  config = DEFAULT_CONFIG,
  earlierRecordings: readonly string[] = [],
): Promise<void> {
  const clock = new VirtualClock();
  const opened = openJournal({ directory: dir, engineEpoch, clock, checkpoints: 'inline' });
  if (!opened.ok) throw new Error(opened.error.detail);
  const recording = recordMarketData({ dataDir: dir, engineEpoch, config, earlierRecordings }, clock, opened.value);
  recording?.writer.feed('binance-spot').message(MESSAGE);
  await recording?.writer.close();
  opened.value.close();
}

async function audited() {
  const [out, error]: string[][] = [[], []];
  const io = { out: (line: string) => void out?.push(line), error: (line: string) => void error?.push(line) };
  const code = await runCli(['audit', dir, '--json'], io, { audit: async () => command });
  const { segments } = JSON.parse(out?.[0] ?? '{}') as { segments: unknown };
  return { code, segments, error };
}

const [FIRST, SECOND] = ['market-data/000001-000001-binance-spot.gz', 'market-data/000002-000001-binance-spot.gz'];

describe('the recorded market data of a journal', () => {
  it('is verified by its hashes', async () => {
    const segments = { referenced: 2, verified: 2, cut: 0, removed: 0, missing: [], altered: [] };
    expect(await audited()).toEqual({ code: 0, segments, error: [] });
  });

  it('is named where a byte of it changed, and the audit fails', async () => {
    const bytes = readFileSync(join(dir, SECOND));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(dir, SECOND), bytes);
    const { code, segments, error } = await audited();
    expect(segments).toEqual({ referenced: 2, verified: 1, cut: 0, removed: 0, missing: [], altered: [SECOND] });
    expect([code, error]).toEqual([1, [`leeward audit: ${SECOND} is not what was written`]]);
  });

  it('is named where it is missing, which is no fault: the oldest are removed', async () => {
    rmSync(join(dir, FIRST));
    const { code, segments, error } = await audited();
    expect(segments).toEqual({ referenced: 2, verified: 1, cut: 0, removed: 0, missing: [FIRST], altered: [] });
    expect([code, error]).toEqual([0, [`leeward audit: ${FIRST} is missing`]]);
  });

  it('is counted where it was removed to make room, and not missed', async () => {
    const content = readFileSync(join(dir, SECOND));
    const earlier = join(dir, 'earlier');
    mkdirSync(earlier);
    // Larger than all that may be kept.
    writeFileSync(join(earlier, '000001-000001-usdm.gz'), Buffer.alloc(2 ** 20));
    await record(3, { ...DEFAULT_CONFIG, capture: { enabled: true, maxMegabytes: 1 } }, [earlier]);
    expect(readdirSync(earlier)).toEqual([]);
    const segments = { referenced: 3, verified: 3, cut: 0, removed: 1, missing: [], altered: [] };
    expect(await audited()).toEqual({ code: 0, segments, error: [] });
    expect(readFileSync(join(dir, SECOND))).toEqual(content);
  });

  it('is counted where a later life closed it, and told where a byte of that changed', async () => {
    const left = join(dir, `market-data/000002-000002-usdm.gz`);
    writeFileSync(`${left}.part`, Buffer.concat([gzipSync('whole\n'), gzipSync('torn\n').subarray(0, 20)]));
    await record(3);
    const counts = { referenced: 4, cut: 1, removed: 0, missing: [] };
    expect(await audited()).toEqual({ code: 0, segments: { ...counts, verified: 4, altered: [] }, error: [] });
    const bytes = readFileSync(left);
    expect(gunzipSync(bytes).toString()).toBe('whole\n');
    bytes[12]! ^= 1;
    writeFileSync(left, bytes);
    const altered = ['market-data/000002-000002-usdm.gz'];
    expect(await audited()).toMatchObject({ code: 1, segments: { ...counts, verified: 3, altered } });
  });

  it('is not recorded where the configuration says so', async () => {
    await record(3, { ...DEFAULT_CONFIG, capture: { enabled: false, maxMegabytes: 1 } });
    expect(readdirSync(join(dir, 'market-data'))).toHaveLength(2);
  });
});
