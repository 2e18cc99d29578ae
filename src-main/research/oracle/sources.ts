import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ensure } from '../../engine/domain/result.ts';
import type { Candle } from '../../engine/risk/analytics/realized-volatility.ts';

/** A price file by column. Times are UTC epoch microseconds. */
export type Series = { readonly timesUs: readonly number[]; readonly column: (name: string) => readonly number[] };

/** What a reference document refers to. Both throw, naming the file, when it cannot be read. */
export type Sources = {
  readonly series: (file: string) => Series;
  readonly document: (file: string) => unknown;
};

/** Reads `data/x.csv` as `x.csv` of the data folder, other documents from the folder of the references. */
export function sourcesOf(folder: string, data: string): Sources {
  const read = new Map<string, Series>();
  return {
    series: (file) => {
      const known = read.get(file) ?? parseSeries(readFileSync(join(data, basename(file)), 'utf8'), file);
      read.set(file, known);
      return known;
    },
    document: (file) => JSON.parse(unpacked(readFileSync(join(folder, file)), file).toString('utf8')) as unknown,
  };
}

export const unpacked = (bytes: Buffer, file: string): Buffer => (file.endsWith('.gz') ? gunzipSync(bytes) : bytes);

function parseSeries(text: string, file: string): Series {
  const [header = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
  return {
    timesUs: rows.map(([time = '']) => timeUs(time)),
    column: (name) => {
      const at = header.indexOf(name);
      if (at < 0) throw new Error(`expected a column ${name} in ${file}, was ${header.join(', ')}`);
      return rows.map((row) => Number(ensure(row[at], `a value of ${name} in each row of ${file}`)));
    },
  };
}

/** Bars of a series with open, high, low and close. */
export function candlesOf({ timesUs, column }: Series): readonly Candle[] {
  const [open, high, low, close] = ['open', 'high', 'low', 'close'].map(column);
  const at = (values: readonly number[] | undefined, bar: number): number => ensure(values?.[bar], 'a price');
  return timesUs.map((_, bar) => ({
    open: at(open, bar),
    high: at(high, bar),
    low: at(low, bar),
    close: at(close, bar),
  }));
}

/** UTC; a date alone is its midnight. */
export const timeUs = (text: string): number =>
  Date.parse(`${text.replace(' ', 'T')}${text.includes(' ') ? 'Z' : ''}`) * 1000;

/** Simple returns of closes; one fewer than closes. */
export const simpleReturns = (closes: readonly number[]): readonly number[] =>
  closes.slice(1).map((close, i) => close / ensure(closes[i], 'a close before') - 1);
