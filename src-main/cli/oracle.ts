import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { parseOptions, refusePositionals } from './options.ts';

/** Failures told one by one on stderr; all of them are counted. */
const SHOWN_FAILURES = 20;

export const command: Command = {
  name: 'oracle',
  summary: 'Compare our results with reference answers of other software',
  usage: `
usage: leeward oracle --dir <folder> [--data <folder>] [--json]

Computes every case of every reference file (*.json, *.json.gz) of the folder with the product's own code. One line per
file: cases, passed, failed, notChosen (another library's convention), unsupported. Failures are explained on stderr.
Exits 1 when a case failed.

  --dir <folder>   reference files
  --data <folder>  price series the files refer to (default: data inside --dir)
  --json           one JSON object per file
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, {
      dir: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    refusePositionals(positionals);
    if (values.dir === undefined) throw new UsageError('expected --dir <folder>, was nothing');
    for (const folder of [values.dir, values.data]) if (folder !== undefined) await requireFolder(folder);
    return (await runFolder({ ...values, dir: values.dir }, io)) === 0 ? 0 : 1;
  },
};

type Options = { readonly dir: string; readonly data?: string | undefined; readonly json: boolean };

/** Resolves to the number of failed cases. */
async function runFolder({ dir: folder, data, json }: Options, io: CliIo): Promise<number> {
  const { oracleFiles, runOracleFile } = await import('../research/oracle/runner.ts');
  const files = await oracleFiles(folder);
  if (files.length === 0)
    throw new CommandFailure(`expected reference files (*.json, *.json.gz) in ${folder}, was none`);
  const failures: string[] = [];
  for (const file of files) {
    const { line, failures: more } = await runOracleFile(folder, file, data ?? join(folder, 'data')).catch(
      (error: unknown) => {
        throw new CommandFailure(error instanceof Error ? error.message : String(error));
      },
    );
    const { cases, passed, failed, notChosen, unsupported } = line;
    report(io, json)(
      line,
      `${file}: ${cases} cases, ${passed} passed, ${failed} failed, ${notChosen} not chosen, ${unsupported} unsupported`,
    );
    failures.push(...more);
  }
  for (const failure of failures.slice(0, SHOWN_FAILURES)) io.error(`leeward oracle: ${failure}`);
  if (failures.length > SHOWN_FAILURES)
    io.error(`leeward oracle: and ${failures.length - SHOWN_FAILURES} more failures`);
  return failures.length;
}

async function requireFolder(folder: string): Promise<void> {
  const entry = await stat(folder).catch(() => undefined);
  if (entry?.isDirectory() !== true) throw new CommandFailure(`expected a folder at ${folder}, was none`);
}
