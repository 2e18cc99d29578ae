import { type Command, CommandFailure, report } from './command.ts';
import { integerOption, numberOption, parseOptions, refusePositionals } from './options.ts';

const OPTIONS = {
  kills: { type: 'string', default: '200' },
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '40' },
  'data-dir': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = {
  name: 'chaos',
  summary: 'Kill the engine over and over while it trades, and prove that nothing was lost',
  usage: `
usage: leeward chaos [--kills n] [--seed s] [--speed x] [--data-dir d] [--json]

Starts the practice exchange and lets engine lives die by SIGKILL one after the other: at named failpoints around every
write and every send, at any instruction from outside, and with their guardian. After each restart the journal is
held against the exchange's own account: every intent accounted for, no order twice, no fill lost, balances equal, every
position with its stop, the state halted. Then trading is re-armed until the next kill. Exits 1 when anything was lost.

  --kills <n>      how many (default 200; 16 pass every place once)
  --seed <s>       decides places, hit counts and faults of the venue (default 1)
  --speed <x>      market seconds per second, 1 to 100 (default 40)
  --data-dir <d>   keep the journal in this empty folder (default: a temporary one, removed)
  --json           one JSON line at the end
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const kills = integerOption('kills', values.kills, 1, 10_000);
    const speed = numberOption('speed', values.speed, 1, 100);
    const [{ runKillDrill }, { createSystemClock }] = await Promise.all([
      import('../operations/kill-drill/run-kill-drill.ts'),
      import('../adapters/system-clock/system-clock.ts'),
    ]);
    const log = (line: string): void => io.error(`leeward chaos: ${line}`);
    const { problems, result } = await runKillDrill({
      clock: createSystemClock(),
      kills,
      seed: values.seed,
      speed,
      dataDir: values['data-dir'],
      progress: log,
      log,
    }).catch((error: unknown) => {
      throw new CommandFailure(error instanceof Error ? error.message : String(error));
    });
    report(io, values.json)(
      result,
      Object.entries(result)
        .map(([name, value]) => `${name}  ${JSON.stringify(value)}`)
        .join('\n'),
    );
    for (const problem of problems.slice(0, 10)) log(problem);
    return result.ok ? 0 : 1;
  },
};
