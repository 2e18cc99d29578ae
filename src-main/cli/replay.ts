import type { ReplayResult } from '../adapters/capture/replay-counts.ts';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { parseOptions, refusePositionals } from './options.ts';

const usage = `
usage: leeward replay <capture>... [--snapshot <file>]... [--json]
       leeward replay --session <data directory or journal file> [--json]

Rebuilds the order books of recorded market data with the decoders of the live feeds and counts what agrees.
Captures are gzip or plain; given together they form one session in the order given, so a second file may continue
the first. Prints one line for each instrument of each file.

  --snapshot <file>  REST depth snapshots the captures start from; may be given more than once
  --session <path>   replay the decisions of a journaled session instead
  --json             one JSON object a line, nothing else on stdout

Without a fitting snapshot a book is reported as unsynchronized and never invented. bboAgreed counts best bids and
offers that are equal, in price and size, under the same update id. Exits 1 when a line is damaged (named by file and
number; the lines before it are counted), a sequence breaks or a checksum differs.

With --session every journaled input goes through the engine's core again. Exits 1 when a decision or a state comes out
otherwise, or when a row is not what was written: ok is false, and stderr says where.
`;

export const replay: Command = {
  name: 'replay',
  summary: 'Rebuild and check the order books of recorded market data',
  usage,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, {
      snapshot: { type: 'string', multiple: true, default: [] },
      session: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    if (values.session !== undefined) {
      refusePositionals(positionals);
      return replayJournal(values.session, values.json, io);
    }
    if (positionals.length === 0) throw new UsageError('expected at least one capture file');
    return replayCaptures(positionals, values.snapshot, values.json, io);
  },
};

async function replayCaptures(
  files: readonly string[],
  snapshots: readonly string[],
  json: boolean,
  io: CliIo,
): Promise<number> {
  const [{ CaptureSession }, { CaptureFailure }] = await Promise.all([
    import('../adapters/capture/capture-session.ts'),
    import('../adapters/capture/capture-lines.ts'),
  ]);
  const session = new CaptureSession();
  const print = report(io, json);
  let code = 0;
  const fail = (problem: string): void => {
    io.error(`leeward replay: ${problem}`);
    code = 1;
  };
  for (const file of snapshots) {
    await session.addSnapshots(file).catch((error: unknown) => {
      if (!(error instanceof CaptureFailure)) throw error;
      fail(error.message);
    });
  }
  for (const file of files) {
    const { results, failure, problems } = await session.replay(file);
    for (const result of results) {
      if (failure === null || result.instrument !== null) print(result, describe(result));
      if (isWrong(result)) code = 1;
    }
    for (const problem of problems) fail(problem);
    if (failure !== null) fail(failure.message);
  }
  return code;
}

async function replayJournal(path: string, json: boolean, io: CliIo): Promise<number> {
  const [{ readJournal }, { replaySession }, { createCore }] = await Promise.all([
    import('../adapters/sqlite/journal-reader.ts'),
    import('../operations/session-replay.ts'),
    import('../engine/core.ts'),
  ]);
  const journal = readJournal(path);
  if (!journal.ok) throw new CommandFailure(journal.error.detail);
  try {
    const { result, problems } = replaySession(journal.value, createCore());
    const { events, decisions, mismatches, stateHash, ok } = result;
    const counts = `${events} events, ${decisions} decisions, ${mismatches} mismatches`;
    report(io, json)(result, `${ok ? 'same' : 'NOT THE SAME'}: ${counts}, state ${stateHash}`);
    for (const problem of problems) io.error(`leeward replay: ${problem}`);
    return ok ? 0 : 1;
  } finally {
    journal.value.close();
  }
}

function isWrong(result: ReplayResult): boolean {
  return result.sequenceBreaks + result.checksumMismatches + result.integrityFailures > 0;
}

function describe(result: ReplayResult): string {
  const name = result.instrument === null ? 'no instrument' : `${result.instrument} ${venueName(result)}`;
  const parts = [`${result.file}: ${name}: ${result.messages} messages, ${bookText(result)}`];
  if (result.discardedBeforeSnapshot > 0) parts.push(`${result.discardedBeforeSnapshot} older than the snapshot`);
  if (result.sequenceBreaks > 0) parts.push(`${result.sequenceBreaks} SEQUENCE BREAKS`);
  if (result.integrityFailures > 0) parts.push(`${result.integrityFailures} INTEGRITY FAILURES`);
  if (result.checksumsVerified > 0) parts.push(`${result.checksumsVerified} checksums verified`);
  if (result.checksumMismatches > 0) parts.push(`${result.checksumMismatches} CHECKSUM MISMATCHES`);
  if (result.bboCompared > 0) parts.push(`best bid and offer agreed ${result.bboAgreed} of ${result.bboCompared}`);
  if (result.trades > 0) parts.push(`${result.trades} trades`);
  if (result.clockSkewMs !== null && result.clockSkewMs < 0) {
    parts.push(`recorder's clock ${Math.round(-result.clockSkewMs)} ms behind`);
  }
  for (const [type, count] of Object.entries(result.unsupported)) parts.push(`${count} ${type} unsupported`);
  return parts.join(', ');
}

function venueName({ venue, product }: ReplayResult): string {
  return product === 'USDM' ? `${venue ?? ''} USD-M` : (venue ?? '');
}

function bookText({ book, applied, snapshots }: ReplayResult): string {
  switch (book) {
    case 'synchronized':
      return `book synchronized, ${applied} changes applied`;
    case 'unsynchronized':
      return 'book unsynchronized';
    case 'snapshot':
      return `REST depth snapshot x ${snapshots}: give the file with --snapshot`;
    case 'none':
      return 'no book data';
  }
}
