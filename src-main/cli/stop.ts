import type { StopRehearsal } from '../operations/stop-rehearsal/stop-comparison.ts';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { integerOption, parseOptions, refusePositionals } from './options.ts';
import { rehearsalTable } from './stop-table.ts';
import { venuesOverride } from './venues-option.ts';

const OPTIONS = {
  'data-dir': { type: 'string' },
  rehearse: { type: 'boolean', default: false },
  running: { type: 'boolean', default: false },
  venues: { type: 'string' },
  instruments: { type: 'string' },
  latency: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const INSTRUMENTS = '9';
const LATENCY_MS = '50';
/** Everywhere; the isolated account trades the first of the invented pairs. */
const EVERY_VENUE = 'binance,binance-cross,binance-isolated:SYN001USDT,usdm,kraken,kraken-margin';

export const command: Command = {
  name: 'stop',
  summary: 'Emergency stop: cancel everything, close every position',
  usage: `
usage: leeward stop [--data-dir d] [--json]
       leeward stop --rehearse [--venues list] [--instruments n] [--latency ms] [--json]
       leeward stop --rehearse --running [--data-dir d] [--latency ms] [--json]

Asks the guardian of the running session to stop all trading. The guardian has the engine do it, and does it itself when
the engine has not acknowledged within 250 ms. Stopping twice is stopping once.

  --data-dir <d>      data folder of the session (default: this user's)
  --rehearse          a drill: opens positions, orders of every type and executors of every kind on a practice exchange of its
                      own in a temporary folder, stops, asks the venue again and tells what became of each. No account of
                      yours is touched
  --running           drill on the running session instead, only where it trades on the practice exchange: it is stopped
  --venues <list>     where the drill trades (default ${EVERY_VENUE})
  --instruments <n>   instruments of each venue in the drill, 1 to 100 (default ${INSTRUMENTS}); each 5 take 10 s to open, as the venue's
                      true order limits hold
  --latency <ms>      every answer of the venue comes so much later, 0 to 2000 (default ${LATENCY_MS})
  --json              one JSON line

A drill exits 1 when an order or a position remains, or when the stop could not prove that none does.
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const { instruments, json, latency, rehearse, running, venues } = values;
    if (!rehearse) {
      const given = { running: running || undefined, venues, instruments, latency };
      const [lost] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
      if (lost !== undefined) throw new UsageError(`expected --rehearse with --${lost}, was without`);
      return stopRunning(values['data-dir'], json, io);
    }
    const latencyMs = integerOption('latency', latency ?? LATENCY_MS, 0, 2_000);
    if (running) {
      const [lost] = Object.entries({ venues, instruments }).find(([, value]) => value !== undefined) ?? [];
      if (lost !== undefined) throw new UsageError(`expected --${lost} or --running, was both`);
      return told(await rehearseRunning(values['data-dir'], latencyMs), json, io);
    }
    if (values['data-dir'] !== undefined) throw new UsageError('expected --data-dir with --running, was without');
    const count = integerOption('instruments', instruments ?? INSTRUMENTS, 1, 100);
    const where = venuesOverride(venues ?? EVERY_VENUE);
    return told(await rehearseAlone({ venues: where, instruments: count, latencyMs }, io), json, io);
  },
};

async function runningSession(dataDir: string | undefined) {
  const { defaultDataHome, findRunning } = await import('../launcher/data-home.ts');
  const home = dataDir ?? defaultDataHome();
  const running = findRunning(home);
  if (running === undefined) throw new CommandFailure(`no session is running in ${home}`);
  return running;
}

async function stopRunning(dataDir: string | undefined, json: boolean, io: CliIo): Promise<number> {
  const { guardianSocket } = await runningSession(dataDir);
  const { requestStop } = await import('../guardian/client.ts');
  const result = await requestStop(guardianSocket, 'cli').catch((error: unknown) => {
    throw new CommandFailure(`the guardian does not answer: ${String(error)}`);
  });
  const text = `stop acknowledged by the ${result.acknowledgedBy} after ${result.afterMs.toFixed(1)} ms`;
  report(io, json)(
    result,
    [text, ...result.actions.map((action) => `  ${action.action} ${action.instrumentId} ${action.outcome}`)].join('\n'),
  );
  return 0;
}

async function rehearseRunning(dataDir: string | undefined, latencyMs: number): Promise<StopRehearsal> {
  const { guardianSocket, practice } = await runningSession(dataDir);
  if (practice === undefined) {
    throw new CommandFailure(
      'expected a session on the practice exchange, was another venue: a drill never touches it',
    );
  }
  const [{ pressStop }, { createSystemClock }] = await Promise.all([
    import('../operations/stop-rehearsal/press-stop.ts'),
    import('../adapters/system-clock/system-clock.ts'),
  ]);
  const parts = { clock: createSystemClock(), place: practice, guardianSocket, latencyMs, report: undefined };
  return pressStop(parts).catch((error: unknown) => {
    throw new CommandFailure(`the drill did not end: ${error instanceof Error ? error.message : String(error)}`);
  });
}

type Drill = { readonly venues: readonly string[]; readonly instruments: number; readonly latencyMs: number };

async function rehearseAlone(drill: Drill, io: CliIo): Promise<StopRehearsal> {
  const [{ rehearseStop }, { createSystemClock }] = await Promise.all([
    import('../operations/stop-rehearsal/rehearse-stop.ts'),
    import('../adapters/system-clock/system-clock.ts'),
  ]);
  const log = (line: string): void => io.error(`leeward stop: ${line}`);
  const clock = createSystemClock();
  return rehearseStop({ clock, ...drill, progress: log, log }).catch((error: unknown) => {
    throw new CommandFailure(`the drill did not take place: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function told(result: StopRehearsal, json: boolean, io: CliIo): number {
  report(io, json)(result, rehearsalTable(result));
  for (const { account, clientOrderId, quantity, symbol, what } of result.remaining) {
    io.error(`leeward stop: ${what} remains: ${account} ${symbol} ${quantity} ${clientOrderId ?? ''}`.trimEnd());
  }
  if (!result.ok && result.remaining.length === 0)
    io.error('leeward stop: nothing remains, but the stop did not prove it');
  return result.ok ? 0 : 1;
}
