import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { indicatorsSuite } from './indicators.ts';
import { metricsSuite } from './metrics.ts';
import { protocolSuite } from './protocol.ts';
import { publishedWeightsSuite } from './published-weights.ts';
import { riskSuite } from './risk.ts';
import { sourcesOf, unpacked } from './sources.ts';
import { type CaseResult, casesOf, type OracleDocument, type Suite, withoutSuite } from './suite.ts';

/** One line of `leeward oracle`: every case is counted exactly once. */
export type OracleLine = {
  readonly file: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly notChosen: number;
  readonly unsupported: number;
};

export type OracleReport = { readonly line: OracleLine; readonly failures: readonly string[] };

const SUITES: Readonly<Record<string, Suite | undefined>> = {
  protocol: protocolSuite,
  indicators: indicatorsSuite,
  metrics: metricsSuite,
  risk: riskSuite,
  published_weights: publishedWeightsSuite,
};

/** Reference files of a folder, plain or gzipped, by name. Throws when the folder cannot be read. */
export async function oracleFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /\.json(\.gz)?$/.test(name)).sort();
}

/** `data` holds the price series. Throws, naming the file, when it is not a reference document or data it names is missing. */
export async function runOracleFile(folder: string, file: string, data: string): Promise<OracleReport> {
  const document = await readDocument(folder, file);
  const results =
    SUITES[document.kind]?.(document, sourcesOf(folder, data)) ??
    casesOf(document).map((each) => withoutSuite(document.kind, each));
  const count = (outcome: CaseResult['outcome']): number => results.filter((each) => each.outcome === outcome).length;
  const line = {
    file,
    cases: results.length,
    passed: count('passed'),
    failed: count('failed'),
    notChosen: count('notChosen'),
    unsupported: count('unsupported'),
  };
  const failures = results.flatMap((each) =>
    each.outcome === 'failed' ? [`${file} ${each.name}: ${each.detail}`] : [],
  );
  return { line, failures };
}

async function readDocument(folder: string, file: string): Promise<OracleDocument> {
  const bytes = await readFile(join(folder, file));
  try {
    const document: unknown = JSON.parse(unpacked(bytes, file).toString('utf8'));
    if (isDocument(document)) return document;
  } catch (error) {
    throw new Error(`expected JSON in ${file}, was ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  throw new Error(`expected a document with its kind in ${file}, was another`);
}

function isDocument(value: unknown): value is OracleDocument {
  return typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
}
