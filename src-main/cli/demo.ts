import { type Command, CommandFailure, report } from './command.ts';
import { durationMs, numberOption, parseOptions, refusePositionals } from './options.ts';
import { VENUES_USAGE, venuesOverride } from './venues-option.ts';

const OPTIONS = {
  for: { type: 'string', default: '120s' },
  speed: { type: 'string', default: '20' },
  'data-dir': { type: 'string' },
  venues: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = {
  name: 'demo',
  summary: 'Trade 14 recorded markets on the practice exchange for a while, then tell what happened',
  usage: `
usage: leeward demo [--for t] [--speed x] [--venues list] [--data-dir d] [--json]

Runs the whole product without a screen: practice exchange, guardian, engine, inference worker. Strategies trade brackets on
recorded bars of January 2024 turned into books. At the end the journal is verified and every fill is compared with the
exchange's own account. Exits 1 when too little happened to show anything, or when the two books differ.

  --for <t>        wall time, such as 120s (default 120s)
  --speed <x>      market seconds per second, 1 to 100 (default 20)
  ${VENUES_USAGE}
  --data-dir <d>   keep the journal in this folder (default: a temporary one, removed)
  --json           one JSON line at the end
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const forMs = durationMs('for', values.for);
    const speed = numberOption('speed', values.speed, 1, 100);
    const venues = venuesOverride(values.venues);
    const [{ runDemo }, { createSystemClock }] = await Promise.all([
      import('../operations/demo/run-demo.ts'),
      import('../adapters/system-clock/system-clock.ts'),
    ]);
    const log = (line: string): void => io.error(`leeward demo: ${line}`);
    const { dataDir, result, shortfalls } = await runDemo({
      clock: createSystemClock(),
      forMs,
      speed,
      venues,
      home: values['data-dir'],
      progress: log,
      log,
    }).catch((error: unknown) => {
      throw new CommandFailure(error instanceof Error ? error.message : String(error));
    });
    report(io, values.json)(result, textOf(result));
    if (values['data-dir'] !== undefined) log(`journal kept in ${dataDir}`);
    for (const shortfall of shortfalls.slice(0, 5)) log(shortfall);
    return shortfalls.length === 0 ? 0 : 1;
  },
};

function textOf(result: Readonly<Record<string, unknown>>): string {
  const width = Math.max(...Object.keys(result).map((name) => name.length));
  return Object.entries(result)
    .map(([name, value]) => `${name.padEnd(width)}  ${JSON.stringify(value)}`)
    .join('\n');
}
