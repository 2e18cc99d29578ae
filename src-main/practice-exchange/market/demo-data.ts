import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const originSchema = z.object({
  repository: z.string(),
  commit: z.string(),
  license: z.string(),
  path: z.string(),
});

const fileSchema = z.object({
  path: z.string(),
  kind: z.enum(['bars', 'capture', 'filters', 'book-model']),
  symbol: z.string().optional(),
  intervalMs: z.number().int().positive().optional(),
  origin: originSchema,
  bytes: z.number().int().nonnegative(),
  sha256: z.string().length(64),
});

const indexSchema = z.object({ schemaVersion: z.literal(1), files: z.array(fileSchema) });

const filtersSchema = z.object({
  symbols: z.array(
    z.object({
      symbol: z.string(),
      base: z.string(),
      quote: z.string(),
      tickSize: z.string(),
      lotSize: z.string(),
      filtersFrom: z.string(),
      filters: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
});

export type DemoDataFile = z.infer<typeof fileSchema>;
export type ListedSymbol = z.infer<typeof filtersSchema>['symbols'][number];

/** The shipped recordings. Every file is checked against the index before its bytes are used. */
export type DemoData = {
  readonly directory: string;
  readonly files: readonly DemoDataFile[];
  readonly listed: readonly ListedSymbol[];
  /** Unpacked text. Throws when the file is missing or differs from the index. */
  text(file: DemoDataFile): string;
};

/** Throws with one clear line when the index is missing, malformed or a file it names is missing or altered. */
export function openDemoData(directory: string = findDemoData(import.meta.dirname)): DemoData {
  const path = join(directory, 'index.json');
  if (!existsSync(path)) throw new Error(`demo data: expected an index at ${path}, was no file`);
  const { files } = indexSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const text = (file: DemoDataFile): string => readChecked(directory, file);
  const filters = files.find((file) => file.kind === 'filters');
  if (filters === undefined) throw new Error(`demo data: expected a file of kind filters in ${path}, was none`);
  const { symbols } = filtersSchema.parse(JSON.parse(text(filters)));
  return { directory, files, listed: symbols, text };
}

/** Walks up from `start`: sources lie deeper than the bundle, both under the folder that holds resources/. */
export function findDemoData(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'resources', 'demo-data');
    if (existsSync(join(candidate, 'index.json'))) return candidate;
    if (dirname(folder) === folder) {
      throw new Error(`demo data: expected resources/demo-data/index.json above ${start}, was nowhere`);
    }
  }
}

function readChecked(directory: string, file: DemoDataFile): string {
  const path = join(directory, file.path);
  if (!existsSync(path)) throw new Error(`demo data: expected ${path}, was missing`);
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== file.sha256) {
    throw new Error(`demo data: expected ${file.path} with sha256 ${file.sha256}, was ${sha256}`);
  }
  return (file.path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}
