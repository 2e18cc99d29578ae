import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { JournalFilter } from '../adapters/sqlite/journal-reader.ts';
import type { SegmentAudit } from '../operations/audit/segments.ts';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { integerOption, parseOptions } from './options.ts';

const OPTIONS = {
  rows: { type: 'boolean', default: false },
  kind: { type: 'string' },
  order: { type: 'string' },
  since: { type: 'string' },
  limit: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = {
  name: 'audit',
  summary: 'Prove that a journal is whole, and show its rows',
  usage: `
usage: leeward audit <data directory or journal file> [--rows] [--kind k] [--order id] [--since t] [--limit n] [--json]

Recomputes the hash of every row and checks every signed checkpoint, also while the engine runs. Exits 1 and names the
first bad row when the journal is not what was written. Any filter shows rows; the proof always covers all of them.
Recorded market data that the journal refers to is hashed too: altered segments are named and exit 1. Those that the
journal says were removed, to stay within capture.maxMegabytes, are counted; other missing ones are named only, as a
later session may have removed them.

  --rows         show every row
  --kind <kind>  rows of one kind, such as order.filled
  --order <id>   rows that carry or mention a client order id
  --since <t>    from a sequence number, or from a UTC time like 2026-01-31 or 2026-01-31T12:00:00Z
  --limit <n>    at most so many rows
  --json         one JSON object per row, then one for the proof
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    const [path, extra] = positionals;
    if (path === undefined || extra !== undefined) {
      throw new UsageError(`expected one data directory or journal file, was ${positionals.length}`);
    }
    const { rows, kind, order, since, limit, json } = values;
    const filter = {
      ...(kind === undefined ? {} : { kind }),
      ...(order === undefined ? {} : { clientOrderId: order }),
      ...(since === undefined ? {} : sinceFilter(since)),
      ...(limit === undefined ? {} : { limit: integerOption('limit', limit, 1, Number.MAX_SAFE_INTEGER) }),
    };
    return runAudit(path, rows || Object.keys(filter).length > 0 ? filter : undefined, io, json);
  },
};

async function runAudit(path: string, filter: JournalFilter | undefined, io: CliIo, json: boolean): Promise<number> {
  const [{ readJournal }, { audit, rowText }, { auditSegments }] = await Promise.all([
    import('../adapters/sqlite/journal-reader.ts'),
    import('../operations/audit/audit.ts'),
    import('../operations/audit/segments.ts'),
  ]);
  const opened = readJournal(path);
  if (!opened.ok) throw new CommandFailure(opened.error.detail);
  try {
    const summary = audit(opened.value, filter, (row) => io.out(json ? JSON.stringify(row) : rowText(row)));
    const { verified, rows, checkpoints, badSequence, reason } = summary;
    const segments = await auditSegments(opened.value, directoryOf(path), badSequence);
    const proof = verified
      ? `verified: ${rows} rows, ${checkpoints} signed checkpoints, head ${summary.headHash ?? ''}`
      : 'not verified';
    report(io, json)({ ...summary, segments }, `${proof}${segmentsText(segments)}`);
    for (const file of segments.missing) io.error(`leeward audit: ${file} is missing`);
    for (const file of segments.altered) io.error(`leeward audit: ${file} is not what was written`);
    if (!verified) io.error(`leeward audit: row ${badSequence ?? ''} is not what was written: ${reason ?? ''}`);
    return verified && segments.altered.length === 0 ? 0 : 1;
  } finally {
    opened.value.close();
  }
}

const directoryOf = (path: string): string => (statSync(path).isDirectory() ? path : dirname(path));

function segmentsText({ referenced, verified, cut, removed, missing, altered }: SegmentAudit): string {
  if (referenced + removed === 0) return '';
  const counts = `${verified} of ${referenced} segments verified, ${cut} cut by a kill, ${removed} removed`;
  return `; market data: ${counts}, ${missing.length} missing, ${altered.length} altered`;
}

/** All digits: a sequence. Otherwise a UTC date or time. */
function sinceFilter(text: string): { readonly fromSequence: number } | { readonly fromTimeUs: number } {
  if (/^\d+$/.test(text)) return { fromSequence: integerOption('since', text, 0, Number.MAX_SAFE_INTEGER) };
  const isUtc = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z)?$/.test(text);
  const ms = isUtc ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UsageError(
      `expected --since as a sequence or a UTC time like 2026-01-31T12:00:00Z, was ${JSON.stringify(text)}`,
    );
  }
  return { fromTimeUs: ms * 1_000 };
}
