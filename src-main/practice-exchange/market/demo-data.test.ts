import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findDemoData, openDemoData } from './demo-data.ts';

const shipped = findDemoData(import.meta.dirname);
const folders: string[] = [];

function copyOfSmallFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'demo-data-'));
  folders.push(folder);
  for (const name of ['index.json', 'exchange-filters.json', 'book-model.json', 'binance_BTC-USDT_5m_2024-01.csv.gz']) {
    copyFileSync(join(shipped, name), join(folder, name));
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('the shipped data', () => {
  it('stay under 8 MB, are all in the index and match it', () => {
    const data = openDemoData();
    const names = readdirSync(shipped).filter((name) => !/^(index\.json|.*\.(md|txt))$/.test(name));
    expect(names.sort()).toEqual(data.files.map((file) => file.path).sort());
    const total = readdirSync(shipped).reduce((sum, name) => sum + statSync(join(shipped, name)).size, 0);
    expect(total).toBeLessThan(8_000_000);
    for (const file of data.files) expect(data.text(file).length).toBeGreaterThan(0);
  });

  it('name only permissive origins, and an origin for every filter set', () => {
    const data = openDemoData();
    expect(new Set(data.files.map((file) => file.origin.license))).toEqual(new Set(['MIT', 'XFree86-1.1-style']));
    expect(data.listed.filter((entry) => entry.filtersFrom === 'model').map((entry) => entry.symbol)).toEqual([
      'ARBUSDT',
      'OPUSDT',
    ]);
  });

  it('write filters in today’s style with five stop orders', () => {
    for (const { symbol, tickSize, lotSize, filters } of openDemoData().listed) {
      const byType = new Map(filters.map((filter) => [filter['filterType'], filter]));
      expect([...byType.keys()], symbol).toEqual([
        'PRICE_FILTER',
        'LOT_SIZE',
        'ICEBERG_PARTS',
        'MARKET_LOT_SIZE',
        'TRAILING_DELTA',
        'PERCENT_PRICE_BY_SIDE',
        'NOTIONAL',
        'MAX_NUM_ORDERS',
        'MAX_NUM_ORDER_LISTS',
        'MAX_NUM_ALGO_ORDERS',
      ]);
      expect(Number(byType.get('PRICE_FILTER')?.['tickSize'])).toBe(Number(tickSize));
      expect(Number(byType.get('LOT_SIZE')?.['stepSize'])).toBe(Number(lotSize));
      expect(byType.get('MAX_NUM_ALGO_ORDERS')?.['maxNumAlgoOrders']).toBe(5);
    }
  });
});

describe('damaged data', () => {
  it('are refused with the file and both hashes', () => {
    const folder = copyOfSmallFiles();
    writeFileSync(join(folder, 'exchange-filters.json'), '{"symbols":[]}\n');
    expect(() => openDemoData(folder)).toThrow(
      /expected exchange-filters\.json with sha256 [0-9a-f]{64}, was [0-9a-f]{64}/,
    );
  });

  it('are refused when a file is missing', () => {
    const data = openDemoData(copyOfSmallFiles());
    const missing = data.files.find((file) => file.symbol === 'ETHUSDT')!;
    expect(() => data.text(missing)).toThrow(/binance_ETH.*, was missing/);
  });

  it('are refused when the index is missing or malformed', () => {
    const folder = copyOfSmallFiles();
    writeFileSync(join(folder, 'index.json'), '{"schemaVersion":2}');
    expect(() => openDemoData(folder)).toThrow('schemaVersion');
    rmSync(join(folder, 'index.json'));
    expect(() => openDemoData(folder)).toThrow('was no file');
    expect(() => findDemoData(folder)).toThrow('was nowhere');
  });
});
