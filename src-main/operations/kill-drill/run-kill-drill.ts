import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../adapters/config-file/load-config.ts';
import { readJournal } from '../../adapters/sqlite/journal-reader.ts';
import { createCore } from '../../engine/core.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { bundleRoot } from '../../launcher/bundle-root.ts';
import { type EntryName, nodeProcessHost } from '../../launcher/process-host.ts';
import { replaySession } from '../session-replay.ts';
import { startDrillProcesses } from './drill-processes.ts';
import { JournalShadow } from './journal-shadow.ts';
import { KillDrill } from './kill-drill.ts';
import { type KillPlace, type PlannedKill, planKills } from './kill-plan.ts';

export type KillDrillOptions = {
  readonly clock: Clock;
  readonly kills: number;
  readonly seed: string;
  readonly speed: number;
  /** Keeps the journal here; a temporary folder otherwise. */
  readonly dataDir: string | undefined;
  readonly progress: (line: string) => void;
  readonly log: (line: string) => void;
};

export type KillDrillResult = {
  readonly kills: number;
  readonly perFailpoint: Readonly<Record<KillPlace, number>>;
  readonly intents: number;
  readonly orders: number;
  readonly fills: number;
  readonly duplicated: number;
  readonly lost: number;
  readonly unprotectedMsWorst: number;
  readonly protectedAfterMsWorst: number;
  readonly reconciledAfterMsWorst: number;
  readonly guardianExitMsWorst: number;
  readonly sentBeforeCommit: number;
  readonly restarts: number;
  readonly otherEnds: number;
  readonly halted: boolean;
  readonly verified: boolean;
  /** Decisions that a replay of the journal made otherwise. */
  readonly replayMismatches: number;
  readonly rows: number;
  readonly ok: boolean;
};

/** Enough to trade on both accounts, few enough that a restart warms up in a moment. */
const INSTRUMENTS = ['BTC', 'ETH', 'SOL', 'ARB', 'LTC', 'UNI'].map((base) => `${base}/USDT.BINANCE.SPOT`);
/** The drill closes positions all the time: its costs are no reason to stop. */
const OVERRIDES = ['risk.maxDayLossRatio=0.5', 'reconciliation.startup=policy'];

export type KillDrillReport = {
  readonly result: KillDrillResult;
  readonly problems: readonly string[];
  readonly dataDir: string;
};

/** Kills engine lives one after the other on the practice exchange and counts what it cost: nothing, or the drill fails. */
export async function runKillDrill(
  options: KillDrillOptions,
  plan: readonly PlannedKill[] = planKills(options.kills, options.seed),
): Promise<KillDrillReport> {
  const config = loadConfig({ profile: 'demo', overrides: OVERRIDES });
  if (!config.ok) throw new Error(config.error.join('; '));
  const temporary = options.dataDir === undefined ? mkdtempSync(join(tmpdir(), 'leeward-kills-')) : undefined;
  const dataDir = options.dataDir ?? temporary ?? '';
  const bundles = bundleRoot();
  const { clock, speed, seed, progress, log } = options;
  const processes = await startDrillProcesses({
    host: nodeProcessHost((name: EntryName) => new URL(`${name}.js`, bundles)),
    clock,
    dataDir,
    config: config.value,
    instruments: INSTRUMENTS,
    baselineDir: fileURLToPath(new URL('../../native-models/baselines', bundles)),
    speed,
    log,
  });
  try {
    const shadow = new JournalShadow(dataDir);
    const drill = new KillDrill({ clock, processes, shadow, speed, seed, progress });
    await drill.run(plan);
    const accounts = await processes.venue.accounts();
    return { ...conclude(drill, shadow, accounts, dataDir), dataDir };
  } finally {
    await processes.close();
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

type Accounts = Awaited<ReturnType<Awaited<ReturnType<typeof startDrillProcesses>>['venue']['accounts']>>;

function conclude(
  { figures }: KillDrill,
  shadow: JournalShadow,
  accounts: Accounts,
  dataDir: string,
): Omit<KillDrillReport, 'dataDir'> {
  const proof = prove(dataDir);
  const sentBeforeCommit = Math.max(0, ...accounts.map((account) => account.sentBeforeCommit ?? 0));
  const problems = [...figures.problems, ...shadow.problems, ...proof.problems];
  const { duplicated, lost, notHalted, problems: _told, ...measured } = figures;
  const counted = { duplicated: duplicated.size, lost: lost.size, sentBeforeCommit };
  const clean = Object.values(counted).every((count) => count === 0) && notHalted === 0;
  const result: KillDrillResult = {
    ...measured,
    ...counted,
    intents: shadow.intents.size,
    orders: accounts.reduce((sum, { orders }) => sum + orders.length, 0),
    fills: shadow.fills.size,
    halted: notHalted === 0,
    verified: proof.verified && shadow.problems.length === 0,
    replayMismatches: proof.mismatches,
    rows: shadow.rows,
    ok: clean && proof.verified && proof.mismatches === 0 && problems.length === 0,
  };
  return { result, problems };
}

/** Every hash and signature, and every decision made anew from the journaled inputs. */
function prove(dataDir: string): { verified: boolean; mismatches: number; problems: readonly string[] } {
  const journal = readJournal(dataDir);
  if (!journal.ok) return { verified: false, mismatches: 0, problems: [journal.error.detail] };
  try {
    const verified = journal.value.verify().ok;
    const { problems, result } = replaySession(journal.value, createCore());
    return { verified, mismatches: result.mismatches, problems };
  } finally {
    journal.value.close();
  }
}
