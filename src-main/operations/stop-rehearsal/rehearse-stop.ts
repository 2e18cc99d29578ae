import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandDto } from '../../../src-preload/contract/messages.ts';
import type { InstrumentDto, TerminalState } from '../../../src-preload/contract/state.ts';
import { decimal } from '../../engine/domain/decimal.ts';
import { Price, Quantity } from '../../engine/domain/quantities.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { connectEngine, type EngineClient } from '../../launcher/engine-client.ts';
import { type PracticeSession, startPracticeSession } from '../../launcher/practice-session.ts';
import { pressStop, type StopRehearsal } from './press-stop.ts';

export type RehearsalOptions = {
  readonly clock: Clock;
  readonly instruments: number;
  readonly latencyMs: number;
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
};

/** Positions and resting entries of so many instruments take 40 of the 50 orders that an account may place in 10 s. */
const BATCH = 20;
/** Of so many instruments the exits fit into the same window. */
const FITTING = 10;
const ORDER_WINDOW_MS = 10_500;
const OPEN_WITHIN_MS = 60_000;
const LOOK_MS = 100;
const UPDATES_PER_SECOND = 5;
/** Worth of each order in the quote asset. Of an entry near the price only parts fill, and rest a stop of their own. */
const NOTIONAL = 200;
const NEAR_NOTIONAL = 4_000;
const ACCOUNTS = 2;

/**
 * A stop on a session and a venue of its own, in a temporary folder: positions with their lists, resting entries, some of
 * them filled in part. Throws when the market or the positions do not come about.
 */
export async function rehearseStop(options: RehearsalOptions): Promise<StopRehearsal> {
  const home = mkdtempSync(join(tmpdir(), 'leeward-rehearsal-'));
  try {
    const session = await startPracticeSession({
      home,
      practice: {
        ...{ market: 'synthetic', speed: 1, accounts: ACCOUNTS },
        synthetic: { count: options.instruments, updatesPerSecond: UPDATES_PER_SECOND },
      },
      port: null,
      configFile: undefined,
      overrides: ['strategies.ema-fok.enabled=false', 'strategies.ema-resting.enabled=false', 'capture.enabled=false'],
      log: options.log,
    });
    try {
      return await rehearse(session, options);
    } finally {
      await session.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function rehearse(session: PracticeSession, options: RehearsalOptions): Promise<StopRehearsal> {
  const { clock, instruments, latencyMs, progress } = options;
  const { guardianSocket, practice } = session;
  if (practice === null) throw new Error('expected a practice exchange, was none');
  const client = await connectEngine(session.clientSocket, session.clientToken);
  try {
    await until(client, clock, 'every market live', (state) => state.strip.feed.live >= instruments);
    await openAll(client, options);
    await until(
      client,
      clock,
      `${instruments} protected positions`,
      ({ positions }) => positions.filter(({ coverage }) => coverage === 'protected').length >= instruments,
    );
    if (instruments > FITTING) {
      progress(
        'positions and orders stand; waiting for the order window of the venue, so that it measures the stop alone',
      );
      await pause(clock, ORDER_WINDOW_MS);
    }
    const report = async (): Promise<TerminalState['stop']> => (await client.snapshot()).stop;
    return await pressStop({ clock, place: practice, guardianSocket, latencyMs, report });
  } finally {
    client.close();
  }
}

async function openAll(client: EngineClient, { clock, instruments, progress }: RehearsalOptions): Promise<void> {
  const { watch } = await client.snapshot();
  const listed = client.instruments.slice(0, instruments);
  for (const [index, instrument] of listed.entries()) {
    if (index > 0 && index % BATCH === 0) {
      progress(`${index} of ${instruments} positions opened; waiting for the order window of the venue`);
      await pause(clock, ORDER_WINDOW_MS);
    }
    const last = watch.find(({ instrumentId }) => instrumentId === instrument.instrumentId)?.last ?? null;
    if (last === null) throw new Error(`expected a price of ${instrument.instrumentId}, was none`);
    for (const command of ordersOf(client, instrument, last, index)) {
      const reply = await client.command(command);
      if (reply.ok) continue;
      const { code, params } = reply.error;
      throw new Error(`expected an order on ${instrument.instrumentId}, was ${code} ${JSON.stringify(params)}`);
    }
  }
}

/** One account buys with a stop and a target, the other rests an entry: near the price, where parts of it fill, or far. */
function ordersOf(
  client: EngineClient,
  { instrumentId, lotSize, tickSize }: InstrumentDto,
  lastText: string,
  index: number,
): readonly CommandDto[] {
  const last = Price.of(decimal(lastText));
  const tick = Price.of(decimal(tickSize));
  const at = (ratio: string): string => last.scaledBy(decimal(ratio), 'down').roundToTick(tick, 'down').toString();
  const lot = Quantity.of(decimal(lotSize));
  const worth = (notional: number): string =>
    Quantity.of(decimal((notional / last.toNumberLossy()).toFixed(8)))
      .floorToLot(lot)
      .toString();
  const legs = { stopTrigger: at('0.97'), stopLimit: at('0.965'), target: at('1.05') };
  const common = { kind: 'enterBracket', instrumentId, side: 'buy', ...legs } as const;
  const account = (place: number): string => client.accounts[place % client.accounts.length] ?? '';
  const resting = { ...common, accountId: account(index + 1), entry: 'resting' } as const;
  return [
    { ...common, accountId: account(index), entry: 'fok', quantity: worth(NOTIONAL), limitPrice: at('1.004') },
    index % 2 === 0
      ? { ...resting, quantity: worth(NEAR_NOTIONAL), limitPrice: at('0.9998') }
      : { ...resting, quantity: worth(NOTIONAL), limitPrice: at('0.985') },
  ];
}

async function until(
  client: EngineClient,
  clock: Clock,
  what: string,
  holds: (state: TerminalState) => boolean,
): Promise<void> {
  const endUs = clock.monotonicUs() + OPEN_WITHIN_MS * 1_000;
  while (!holds(await client.snapshot())) {
    if (clock.monotonicUs() > endUs) throw new Error(`expected ${what} within ${OPEN_WITHIN_MS / 1_000} s, was less`);
    await pause(clock, LOOK_MS);
  }
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}
