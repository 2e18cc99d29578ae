import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstrumentDto, TerminalState } from '../../../src-preload/contract/state.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { connectEngine, type EngineClient } from '../../launcher/engine-client.ts';
import { type PracticeSession, startPracticeSession } from '../../launcher/practice-session.ts';
import { pressStop } from './press-stop.ts';
import { type RehearsalCommand, rehearsalOrders } from './rehearsal-orders.ts';
import type { StopRehearsal } from './stop-comparison.ts';

export type RehearsalOptions = {
  readonly clock: Clock;
  readonly instruments: number;
  /** Values of the configuration: where to trade. */
  readonly venues: readonly string[];
  readonly latencyMs: number;
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
};

/** Positions, resting orders and executors of so many instruments fit into the 50 orders that a spot account may place in 10 s. */
const BATCH = 5;
const ORDER_WINDOW_MS = 10_500;
const OPEN_WITHIN_MS = 60_000;
const LOOK_MS = 20;
const TRIES = 5;
const RETRY_MS = 500;
const UPDATES_PER_SECOND = 5;
const QUIET = [
  ...['strategies.ema-fok.enabled=false', 'strategies.ema-resting.enabled=false', 'capture.enabled=false'],
  // How often one may enter is not what is rehearsed.
  'risk.maxEntriesPerMinute=100000',
];

/**
 * A stop on a session and a venue of its own, in a temporary folder: positions with their stops and targets, resting orders
 * of every type, and executors of every kind at work. Throws when the market or the positions do not come about.
 */
export async function rehearseStop(options: RehearsalOptions): Promise<StopRehearsal> {
  const { instruments, venues } = options;
  const home = mkdtempSync(join(tmpdir(), 'leeward-rehearsal-'));
  try {
    const session = await startPracticeSession({
      home,
      practice: {
        ...{ market: 'synthetic', speed: 1 },
        synthetic: { count: instruments, updatesPerSecond: UPDATES_PER_SECOND },
      },
      port: null,
      configFile: undefined,
      overrides: [...QUIET, ...venues],
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
    const { length } = client.instruments;
    await until(client, clock, `${length} live markets`, (state) => state.strip.feed.live >= length);
    await openAll(client, options);
    await until(client, clock, `a protected position on ${length} instruments`, ({ positions }) => {
      const covered = positions.filter(({ coverage }) => coverage === 'protected');
      return new Set(covered.map(({ instrumentId }) => instrumentId)).size >= length;
    });
    if (instruments >= BATCH) {
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
  const products = [...Map.groupBy(client.instruments, ({ product, venue }) => `${venue} ${product}`).values()];
  for (let turn = 0; turn < instruments; turn++) {
    if (turn > 0 && turn % BATCH === 0) {
      progress(`${turn} of ${instruments} instruments opened; waiting for the order window of the venue`);
      await pause(clock, ORDER_WINDOW_MS);
    }
    const { watch } = await client.snapshot();
    for (const instrument of products.flatMap((listed) => listed.slice(turn, turn + 1))) {
      const last = watch.find(({ instrumentId }) => instrumentId === instrument.instrumentId)?.last ?? null;
      if (last === null) throw new Error(`expected a price of ${instrument.instrumentId}, was none`);
      const market = { instrument, last, accounts: accountsOf(client, instrument), turn };
      for (const command of rehearsalOrders(market)) await open(client, clock, command);
    }
  }
}

const accountsOf = (client: EngineClient, { accounts = [] }: InstrumentDto): readonly string[] =>
  client.accounts.filter((account) => accounts.includes(account));

/**
 * Sends a command until the venue takes its orders: Kraken is asked one thing after the other, and an entry that waits too
 * long behind others is not sent. Throws when it is denied, or not taken: a drill without it would show less than it says.
 */
async function open(client: EngineClient, clock: Clock, command: RehearsalCommand): Promise<void> {
  const what = `${'type' in command ? command.type : command.kind} on ${command.accountId} ${command.instrumentId}`;
  for (let tries = TRIES; tries > 0; tries--) {
    const refusedBefore = refused(await client.snapshot());
    const reply = await client.command(command);
    if (!reply.ok) {
      const { code, params } = reply.error;
      throw new Error(`expected ${what} to be taken, was ${code} ${JSON.stringify(params)}`);
    }
    const isAnswered = ({ orders }: TerminalState): boolean =>
      !orders.some(({ pending, status }) => pending?.command === 'create' && status !== 'rejected');
    await until(client, clock, `an answer to ${what}`, isAnswered);
    if (refused(await client.snapshot()) === refusedBefore) return;
    await pause(clock, RETRY_MS);
  }
  throw new Error(`expected ${what} at the venue, was refused ${TRIES} times`);
}

/** Executors and guards try again by themselves, and a post-only order may find the market moved. */
const refused = ({ orders }: TerminalState): number =>
  orders.filter(({ reason, status, type }) => status === 'rejected' && reason === 'command' && type !== 'limitMaker')
    .length;

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
