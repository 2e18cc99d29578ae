import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { integerOption, numberOption, parseOptions, refusePositionals } from './options.ts';

const OPTIONS = {
  case: { type: 'string' },
  list: { type: 'boolean', default: false },
  kills: { type: 'string' },
  random: { type: 'string' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '40' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = {
  name: 'chaos',
  summary: 'Play known disasters against engine and venue, and prove that nothing was lost',
  usage: `
usage: leeward chaos [--case name | --list | --kills n | --random n] [--seed s] [--json]

Plays one case for each known disaster: the real engine, gateway and feed trade over sockets on a practice exchange of
their own while the venue fails in the way that the case stands for. Afterwards journal and venue are held against each other.
Exits 1 when a case failed.

  --case <name>    this one only
  --list           names the cases and what each stands for
  --kills <n>      the kill drill instead: n engine lives die by SIGKILL (16 pass every place once)
  --random <n>     n random schedules instead: faults, kills, restarts, partial fills and changed rules on a virtual clock,
                   some milliseconds each; one that fails is made as short as it can be and printed
  --from <i>       random: number of the first schedule, to play one again (default 1)
  --seed <s>       what is random follows from it (default 1)
  --speed <x>      kill drill: market seconds per second, 1 to 100 (default 40)
  --data-dir <d>   kill drill: keep the journal in this empty folder (default: a temporary one, removed)
  --json           one JSON line for each case; for the others one at the end, and one for each failure
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const { kills, seed, json, list } = values;
    const modes = [kills, values.random, values.case, list ? 'list' : undefined];
    if (modes.filter((mode) => mode !== undefined).length > 1)
      throw new UsageError('expected one of --case, --list, --kills and --random, was more');
    if (list) return listCases(io, json);
    if (kills !== undefined) {
      const speed = numberOption('speed', values.speed, 1, 100);
      const count = integerOption('kills', kills, 1, 10_000);
      return drill(io, { kills: count, seed, speed, dataDir: values['data-dir'], json });
    }
    if (values.random !== undefined) {
      const schedules = integerOption('random', values.random, 1, 1_000_000);
      const from = integerOption('from', values.from, 1, 1_000_000_000);
      return playRandom(io, { schedules, from, seed, json });
    }
    return playCases(io, { only: values.case, seed, json });
  },
};

async function listCases(io: CliIo, json: boolean): Promise<number> {
  const { CASES } = await import('../operations/chaos/cases/all-cases.ts');
  for (const { name, standsFor } of CASES) {
    report(io, json)({ case: name, standsFor }, `${name.padEnd(28)}${standsFor}`);
  }
  return 0;
}

type Play = { readonly only: string | undefined; readonly seed: string; readonly json: boolean };

async function playCases(io: CliIo, { only, seed, json }: Play): Promise<number> {
  const [{ runCases }, { createSystemClock }] = await Promise.all([
    import('../operations/chaos/run-cases.ts'),
    import('../adapters/system-clock/system-clock.ts'),
  ]);
  if (!json) io.out(`${'case'.padEnd(28)}faults orders lost twice unprotected ms resolved ms`);
  const results = await runCases({
    clock: createSystemClock(),
    seed,
    only,
    told: ({ problems, ...result }) => {
      const { faultsFired, ordersSent, lost, duplicated, unprotectedMs, resolvedMs, ok } = result;
      const figures = [faultsFired, ordersSent, lost, duplicated].map((figure) => String(figure).padStart(6)).join('');
      const times = `${String(unprotectedMs).padStart(14)}${String(resolvedMs).padStart(12)}`;
      report(io, json)(result, `${result.case.padEnd(28)}${figures}${times}  ${ok ? 'ok' : 'FAILED'}`);
      for (const problem of problems.slice(0, 10)) io.error(`leeward chaos: ${result.case}: ${problem}`);
    },
  }).catch((error: unknown) => {
    throw new CommandFailure(error instanceof Error ? error.message : String(error));
  });
  const failed = results.filter(({ ok }) => !ok).length;
  io.error(`leeward chaos: ${results.length - failed} of ${results.length} cases hold`);
  return failed === 0 ? 0 : 1;
}

type Random = { readonly schedules: number; readonly from: number; readonly seed: string; readonly json: boolean };

async function playRandom(io: CliIo, { schedules, from, seed, json }: Random): Promise<number> {
  const [{ runRandom }, { createSystemClock }] = await Promise.all([
    import('../operations/chaos/random/run-random.ts'),
    import('../adapters/system-clock/system-clock.ts'),
  ]);
  const result = await runRandom({
    clock: createSystemClock(),
    schedules,
    from,
    seed,
    failed: ({ schedule, steps, problems }) => {
      const lines = steps.map(({ afterMs, act }) => `  after ${afterMs} ms ${JSON.stringify(act)}`);
      const again = `leeward chaos --random 1 --from ${schedule} --seed ${seed}`;
      report(io, json)({ failed: schedule, seed, steps, problems }, [again, ...problems, ...lines].join('\n'));
    },
    progress: (played) => io.error(`leeward chaos: ${played} of ${schedules} schedules`),
  });
  const lines = Object.entries(result).map(([name, value]) => `${name}  ${JSON.stringify(value)}`);
  report(io, json)(result, lines.join('\n'));
  return result.ok ? 0 : 1;
}

type Drill = {
  readonly kills: number;
  readonly seed: string;
  readonly speed: number;
  readonly dataDir: string | undefined;
  readonly json: boolean;
};

async function drill(io: CliIo, { json, ...options }: Drill): Promise<number> {
  const [{ runKillDrill }, { createSystemClock }] = await Promise.all([
    import('../operations/kill-drill/run-kill-drill.ts'),
    import('../adapters/system-clock/system-clock.ts'),
  ]);
  const log = (line: string): void => io.error(`leeward chaos: ${line}`);
  const { problems, result } = await runKillDrill({
    clock: createSystemClock(),
    ...options,
    progress: log,
    log,
  }).catch((error: unknown) => {
    throw new CommandFailure(error instanceof Error ? error.message : String(error));
  });
  const lines = Object.entries(result).map(([name, value]) => `${name}  ${JSON.stringify(value)}`);
  report(io, json)(result, lines.join('\n'));
  for (const problem of problems.slice(0, 10)) log(problem);
  return result.ok ? 0 : 1;
}
