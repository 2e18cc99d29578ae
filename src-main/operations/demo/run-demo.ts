import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJournal } from '../../adapters/sqlite/journal-reader.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { connectEngine } from '../../launcher/engine-client.ts';
import { type PracticeSession, startPracticeSession } from '../../launcher/practice-session.ts';
import { audit } from '../audit/audit.ts';
import { differences, ledgerSchema, type VenueLedger } from './ledger-comparison.ts';
import { type SessionFigures, sessionFigures } from './session-figures.ts';

export type DemoOptions = {
  readonly clock: Clock;
  readonly forMs: number;
  readonly speed: number;
  /** Values of the configuration that name the venues; none for its own. */
  readonly venues: readonly string[];
  /** Keeps the journal here; a temporary folder otherwise. */
  readonly home: string | undefined;
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
};

export type DemoResult = {
  readonly instrumentsLive: number;
  readonly orders: number;
  readonly brackets: number;
  readonly fills: number;
  readonly partialFills: number;
  readonly stopExits: number;
  readonly targetExits: number;
  readonly rejected: number;
  readonly unknown: number;
  readonly unprotectedMs: number;
  readonly equity: { readonly amount: string | null; readonly currency: string };
  readonly journal: { readonly rows: number; readonly verified: boolean; readonly headHash: string | null };
  readonly ledger: { readonly agrees: boolean; readonly unprotectedMs: number };
};

export type DemoReport = {
  readonly result: DemoResult;
  readonly shortfalls: readonly string[];
  readonly dataDir: string;
};

/** What a demo must show at the least to count as one. */
const TARGETS = { instrumentsLive: 14, brackets: 20, partialFills: 5, stopExits: 3, targetExits: 3 } as const;

const PROGRESS_MS = 10_000;
/** How long the last fills may take to reach the journal once the market stands still. */
const DRAIN_MS = 10_000;
const DRAIN_LOOK_MS = 100;

/** Runs the product on the practice exchange for a while, then tells what happened and whether the venue's account agrees. */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const temporary = options.home === undefined ? mkdtempSync(join(tmpdir(), 'leeward-demo-')) : undefined;
  try {
    const session = await startPracticeSession({
      home: options.home ?? temporary ?? '',
      practice: { market: 'demo', speed: options.speed },
      port: null,
      configFile: undefined,
      overrides: options.venues,
      everyAccount: true,
      log: options.log,
    });
    try {
      return await watchSession(session, options);
    } finally {
      await session.close();
    }
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

async function watchSession(session: PracticeSession, options: DemoOptions): Promise<DemoReport> {
  const { clock } = options;
  const client = await connectEngine(session.clientSocket, session.clientToken);
  const endUs = clock.monotonicUs() + options.forMs * 1000;
  let instrumentsLive = 0;
  while (clock.monotonicUs() < endUs) {
    await pause(clock, Math.min(PROGRESS_MS, (endUs - clock.monotonicUs()) / 1000));
    const { fills, orders, strip } = await client.snapshot();
    instrumentsLive = Math.max(instrumentsLive, strip.feed.live);
    options.progress(
      `${strip.feed.live} of ${strip.feed.total} instruments live, ${orders.length} orders, ${fills.length} fills, equity ${strip.dayPnl.equity ?? '—'}`,
    );
  }
  await freezeMarket(session);
  const { ledgers, found } = await drained(session, clock);
  const { strip } = await client.snapshot();
  client.close();
  const { figures, proof } = readSession(session.dataDir);
  const { applied: _applied, ...counted } = figures;
  const result: DemoResult = {
    instrumentsLive,
    ...counted,
    equity: { amount: strip.dayPnl.equity, currency: strip.dayPnl.currency },
    journal: { rows: proof.rows, verified: proof.verified, headHash: proof.headHash },
    ledger: {
      agrees: found.length === 0,
      unprotectedMs: ledgers.reduce((sum, ledger) => sum + ledger.unprotectedMs, 0),
    },
  };
  return { result, shortfalls: [...shortfallsOf(result), ...found], dataDir: session.dataDir };
}

/** Looks at both books until they agree or the time is up: fills of the last moment are still on their way. */
async function drained(
  session: PracticeSession,
  clock: Clock,
): Promise<{ ledgers: readonly VenueLedger[]; found: readonly string[] }> {
  const endUs = clock.monotonicUs() + DRAIN_MS * 1000;
  for (;;) {
    const ledgers = await readLedgers(session);
    const found = differences(readSession(session.dataDir).figures.applied, ledgers);
    if (found.length === 0 || clock.monotonicUs() > endUs) return { ledgers, found };
    await pause(clock, DRAIN_LOOK_MS);
  }
}

function readSession(dataDir: string): { figures: SessionFigures; proof: ReturnType<typeof audit> } {
  const journal = readJournal(dataDir);
  if (!journal.ok) throw new Error(journal.error.detail);
  try {
    return { figures: sessionFigures(journal.value.rows({})), proof: audit(journal.value, undefined, () => undefined) };
  } finally {
    journal.value.close();
  }
}

async function readLedgers({ practice }: PracticeSession): Promise<readonly VenueLedger[]> {
  if (practice === null) throw new Error('expected a practice exchange, was none');
  return Promise.all(
    practice.accounts.map(async (account) => {
      const reply = await fetch(new URL(`/practice/ledger?account=${encodeURIComponent(account)}`, practice.control));
      return ledgerSchema.parse(await reply.json());
    }),
  );
}

/** The market stands still, so that both books come to the same end. */
async function freezeMarket({ practice }: PracticeSession): Promise<void> {
  const reply = await fetch(new URL('/practice/clock', practice?.control), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ speed: 0 }),
  });
  if (!reply.ok) throw new Error(`expected the practice exchange to stand still, was ${reply.status}`);
}

function shortfallsOf(result: DemoResult): readonly string[] {
  const figures = Object.entries(TARGETS).flatMap(([name, target]) => {
    const value = result[name as keyof typeof TARGETS];
    return value >= target ? [] : [`expected at least ${target} ${name}, was ${value}`];
  });
  return [...figures, ...(result.journal.verified ? [] : ['the journal does not verify'])];
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(Math.max(0, ms), resolve));
}
