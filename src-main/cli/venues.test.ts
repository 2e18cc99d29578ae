import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { capabilitiesOf } from '../engine/domain/capabilities.ts';
import { GENERIC_VENUES } from '../engine/domain/generic-venues.ts';
import { capabilityPage } from './capability-sheet.ts';
import { runCli } from './run.ts';

async function venues(...args: readonly string[]): Promise<{ code: number; out: string }> {
  const out: string[] = [];
  const code = await runCli(['venues', ...args], { out: (line) => out.push(line), error: () => undefined });
  return { code, out: out.join('\n') };
}

it('prints a row for each venue and product as JSON', async () => {
  const { code, out } = await venues('--json');
  expect(code).toBe(0);
  const rows = out.split('\n').map((line) => JSON.parse(line) as { venue: string; product: string });
  expect(rows.slice(5).map(({ venue }) => venue)).toEqual(GENERIC_VENUES);
  expect(rows.slice(0, 5).map(({ venue, product }) => `${venue} ${product}`)).toEqual([
    'BINANCE SPOT',
    'BINANCE MARGIN',
    'BINANCE USDM',
    'KRAKEN SPOT',
    'KRAKEN MARGIN',
  ]);
  expect(rows[3]).toEqual({ venue: 'KRAKEN', product: 'SPOT', ...capabilitiesOf('KRAKEN', 'SPOT') });
});

it('says every capability of the table in words', async () => {
  const { out } = await venues();
  expect(out).toMatch(/^BINANCE USDM\n(?: .*\n)* {2}stop rests before the entry +yes$/m);
  expect(out).toMatch(/^KRAKEN SPOT\n(?: .*\n)* {2}lists: one triggers the other +yes$/m);
});

it('lists what is missing at a venue of the generic adapter, and what accepting that takes', async () => {
  const { out } = await venues('binanceus');
  expect(out).toMatch(/^BINANCEUS SPOT\n/);
  expect(out).toMatch(/^ {2}stop survives us +no$/m);
  expect(out).toMatch(
    /^ {2}no stop rests at the venue: its trigger is watched here, and the stop does not survive us$/m,
  );
  expect(out).toMatch(/"acceptedRisk": "I trade BINANCEUS without [0-9a-f]{12}"$/);
  expect(out).not.toContain('no order is found by our own id');
  const { out: kucoin } = await venues('KUCOIN');
  expect(kucoin).toContain('one that lost its answer stays unknown and holds its instrument');
  const { out: bitso } = await venues('bitso');
  expect(bitso).toMatch(/order types +none\n/);
  expect(bitso).toMatch(/Market data only: orders are refused\.$/);
  const row = JSON.parse((await venues('kucoin', '--json')).out) as { missing: readonly string[] };
  expect(row.missing).toContain('lookup');
});

it.each([['mtgox'], ['kraken'], ['kucoin', 'okx'], ['kucoin', '--markdown']])('refuses %s', async (...args) => {
  expect((await venues(...args)).code).toBe(2);
});

it('refuses two forms at once', async () => {
  expect((await venues('--json', '--markdown')).code).toBe(2);
});

it('is the page in docs, which is as new as the table', () => {
  // The formatter aligns the columns of the page.
  const bare = (text: string): string => text.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');
  expect(bare(readFileSync('docs/venues.md', 'utf8'))).toBe(bare(capabilityPage()));
});
