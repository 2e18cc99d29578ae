import type { StopRehearsal } from '../operations/stop-rehearsal/press-stop.ts';
import { type CliIo, type Command, CommandFailure, report, UsageError } from './command.ts';
import { integerOption, parseOptions, refusePositionals } from './options.ts';

const OPTIONS = {
  'data-dir': { type: 'string' },
  rehearse: { type: 'boolean', default: false },
  running: { type: 'boolean', default: false },
  instruments: { type: 'string' },
  latency: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const INSTRUMENTS = '10';
const LATENCY_MS = '50';

export const command: Command = {
  name: 'stop',
  summary: 'Emergency stop: cancel everything, close every position',
  usage: `
usage: leeward stop [--data-dir d] [--json]
       leeward stop --rehearse [--instruments n] [--latency ms] [--json]
       leeward stop --rehearse --running [--data-dir d] [--latency ms] [--json]

Asks the guardian of the running session to stop all trading. The guardian has the engine do it, and does it itself when
the engine has not acknowledged within 250 ms. Stopping twice is stopping once.

  --data-dir <d>      data folder of the session (default: this user's)
  --rehearse          a drill: opens positions, entries and lists on a practice exchange of its own in a temporary folder,
                      stops, asks the venue again and tells what became of each order. No account of yours is touched
  --running           drill on the running session instead, only where it trades on the practice exchange: it is stopped
  --instruments <n>   instruments of the drill, 1 to 100 (default ${INSTRUMENTS}); more than 20 take 10 s a further 20 to open, as the
                      venue's true order limits hold
  --latency <ms>      every answer of the venue comes so much later, 0 to 2000 (default ${LATENCY_MS})
  --json              one JSON line

A drill exits 1 when an order or a position remains, or when the stop could not prove that none does.
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    const { instruments, json, latency, rehearse, running } = values;
    if (!rehearse) {
      const given = { running: running || undefined, instruments, latency };
      const [lost] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
      if (lost !== undefined) throw new UsageError(`expected --rehearse with --${lost}, was without`);
      return stopRunning(values['data-dir'], json, io);
    }
    const latencyMs = integerOption('latency', latency ?? LATENCY_MS, 0, 2_000);
    if (running) {
      if (instruments !== undefined) throw new UsageError('expected --instruments or --running, was both');
      return told(await rehearseRunning(values['data-dir'], latencyMs), json, io);
    }
    if (values['data-dir'] !== undefined) throw new UsageError('expected --data-dir with --running, was without');
    const count = integerOption('instruments', instruments ?? INSTRUMENTS, 1, 100);
    return told(await rehearseAlone(count, latencyMs, io), json, io);
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

async function rehearseAlone(instruments: number, latencyMs: number, io: CliIo): Promise<StopRehearsal> {
  const [{ rehearseStop }, { createSystemClock }] = await Promise.all([
    import('../operations/stop-rehearsal/rehearse-stop.ts'),
    import('../adapters/system-clock/system-clock.ts'),
  ]);
  const log = (line: string): void => io.error(`leeward stop: ${line}`);
  const clock = createSystemClock();
  return rehearseStop({ clock, instruments, latencyMs, progress: log, log }).catch((error: unknown) => {
    throw new CommandFailure(`the drill did not take place: ${error instanceof Error ? error.message : String(error)}`);
  });
}

function told(result: StopRehearsal, json: boolean, io: CliIo): number {
  report(io, json)(result, table(result));
  for (const { account, clientOrderId, quantity, symbol, what } of result.remaining) {
    io.error(`leeward stop: ${what} remains: ${account} ${symbol} ${quantity} ${clientOrderId ?? ''}`.trimEnd());
  }
  if (!result.ok && result.remaining.length === 0)
    io.error('leeward stop: nothing remains, but the stop did not prove it');
  return result.ok ? 0 : 1;
}

function table(result: StopRehearsal): string {
  const { orders, perOrder, positions } = result;
  const ms = (value: number | null): string => (value === null ? '—' : `${value} ms`);
  const rows = perOrder.map((order) =>
    [
      order.account.padEnd(10),
      order.symbol.padEnd(12),
      order.kind.padEnd(5),
      order.type.padEnd(18),
      `${order.before ?? 'sent'} -> ${order.after}`.padEnd(30),
      `${order.executedQuantity} of ${order.quantity}`.padEnd(26),
      `${ms(order.sentMs)} to ${ms(order.answeredMs)}`,
    ].join(' '),
  );
  return [
    ...rows,
    `before: ${positions} positions, ${orders.limit} limit, ${orders.stop} stop and ${orders.list} list orders; venue answers after ${result.latencyMs} ms`,
    `acknowledged by the ${result.acknowledgedBy} after ${ms(result.acknowledgedMs)}, flat at the venue after ${ms(result.flatMs)}, proven after ${ms(result.verifiedMs)}`,
    `longest time without a stop ${ms(result.longestUnprotectedMs)}, ${result.remaining.length} orders or positions remain`,
  ].join('\n');
}
