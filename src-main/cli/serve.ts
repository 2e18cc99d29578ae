import { type Command, CommandFailure, report } from './command.ts';
import { findingsTable } from './findings-table.ts';
import { integerOption, numberOption, oneOf, parseOptions, refusePositionals } from './options.ts';
import { VENUES_USAGE, venuesOverride } from './venues-option.ts';

const OPTIONS = {
  port: { type: 'string', default: '7410' },
  'data-dir': { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true },
  market: { type: 'string', default: 'demo' },
  speed: { type: 'string', default: '1' },
  venues: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** How often the command line asks for differences to print. */
const FINDINGS_EVERY_MS = 2_000;

export const MARKETS = ['demo', 'recorded', 'synthetic'] as const;

export const command: Command = {
  name: 'serve',
  summary: 'Serve the terminal to a browser on this machine (paper mode, practice exchange)',
  usage: `
usage: leeward serve [--port n] [--data-dir d] [--config f] [--set key=value]... [--market m] [--speed x] [--venues list] [--json]

Starts the practice exchange, guardian, engine, inference worker and web server, then prints an address with a one-time
token. Needs no keys and no account. Ends with Ctrl+C; orders at the venue stay as they are.

  --port <n>       port on 127.0.0.1, 0 for any free one (default 7410)
  --data-dir <d>   where journals are kept (default: this user's data folder)
  --config <f>     configuration file; unknown keys are refused by name
  --set <k=v>      one configuration value, such as risk.priceCollarRatio=0.01
  --market <m>     demo (14 pairs of January 2024), recorded (BTC order book of August 2024) or synthetic
  --speed <x>      market seconds per second, 0.1 to 100 (default 1)
  ${VENUES_USAGE}
  --json           one JSON line when ready
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const port = integerOption('port', values.port, 0, 65_535);
    const speed = numberOption('speed', values.speed, 0.1, 100);
    const venues = venuesOverride(values.venues);
    const market = oneOf('market', values.market, MARKETS);
    const [{ startPracticeSession }, { defaultDataHome }] = await Promise.all([
      import('../launcher/practice-session.ts'),
      import('../launcher/data-home.ts'),
    ]);
    const session = await startPracticeSession({
      home: values['data-dir'] ?? defaultDataHome(),
      practice: { market, speed },
      port,
      configFile: values.config,
      overrides: [...(values.set ?? []), ...venues],
      log: (line) => io.error(`leeward: ${line}`),
    }).catch((error: unknown) => {
      throw new CommandFailure(error instanceof Error ? error.message : String(error));
    });
    const { address, dataDir, liveVenues } = session;
    const where = liveVenues.length === 0 ? 'PAPER, practice exchange' : `LIVE at ${liveVenues.join(', ')}; else PAPER`;
    report(io, values.json)(
      { ready: true, address, dataDir, ...(liveVenues.length === 0 ? {} : { liveVenues }) },
      `Leeward is ready (${where}).\n\n  ${String(address)}\n\nThe address works once. Stop everything with Ctrl+Shift+S in the page or: leeward stop`,
    );
    const unwatch = await watchFindings(session.guardianSocket, (table) => {
      if (!values.json) io.error(`leeward: differences from the venue, to be confirmed in the terminal\n${table}`);
    });
    await endRequested();
    unwatch();
    await session.close();
    return 0;
  },
};

/** Prints what a person has to confirm, each time it became something else. Returns the end of it. */
async function watchFindings(guardianSocket: string, print: (table: string) => void): Promise<() => void> {
  const { requestStatus } = await import('../guardian/client.ts');
  let printed: string | undefined;
  const look = async (): Promise<void> => {
    // A guardian that does not answer is told of by the session itself.
    const status = await requestStatus(guardianSocket).catch(() => undefined);
    if (status === undefined) return;
    const table = findingsTable(status.findings);
    if (table !== undefined && table !== printed) print(table);
    printed = table;
  };
  const timer = setInterval(() => void look(), FINDINGS_EVERY_MS);
  return () => clearInterval(timer);
}

/** Resolves when the user or the service manager asks to end. */
async function endRequested(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
