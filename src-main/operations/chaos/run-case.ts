import { parseClientOrderId } from '../../engine/domain/client-order-id.ts';
import { addDecimals, compareDecimals, type Decimal, decimal, formatDecimal } from '../../engine/domain/decimal.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import { compareBooks, unaccountedIntents } from '../kill-drill/compare-books.ts';
import type { CaseResult, ChaosCase } from './chaos-case.ts';
import { COMPRESSION, type PortExchange } from './engine-life.ts';
import { Stage } from './stage.ts';

export type CaseRun = {
  readonly clock: Clock;
  readonly seed: string;
  readonly logger?: Logger;
  /** Ports with a defect put in, to see the case fail. */
  readonly exchanged?: PortExchange;
  /** Of the machine's time: how long one thing is waited for, and both books to agree at the end. */
  readonly patienceMs?: number;
};

const PATIENCE_MS = 20_000;
/** Of the engine's time. */
const TICK_MS = 1_000;
const AFTERMATH_MS = 1_000;
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Plays one case on a venue and an engine of its own and holds both books against each other. Never throws. */
export async function runCase(chaosCase: ChaosCase, run: CaseRun): Promise<CaseResult> {
  const { clock, exchanged = {}, logger = SILENT, patienceMs = PATIENCE_MS, seed } = run;
  const stage = await Stage.open({ clock, seed, setting: chaosCase.setting ?? {}, exchanged, logger, patienceMs });
  try {
    await attempt(stage, async () => {
      await stage.ready();
      // The seed decides where in the engine's second, between two ticks, the trouble begins.
      await stage.pass(stage.random.below(TICK_MS));
      await chaosCase.play(stage);
      if (!stage.isAlive) await stage.restart();
    });
    await attempt(stage, async () => stage.until('both books to agree', () => differencesOf(stage).length === 0));
    // What is sent when all seems done counts too.
    await stage.pass(AFTERMATH_MS);
    return judge(chaosCase, seed, stage);
  } finally {
    await stage.close();
  }
}

async function attempt(stage: Stage, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    stage.problems.push(error instanceof Error ? error.message : String(error));
  }
}

function judge({ name }: ChaosCase, seed: string, stage: Stage): CaseResult {
  const resolvedMs = Math.round(stage.troubledMs());
  const { differing, duplicated, lost } = booksOf(stage);
  const { creates, positions, orders, sentBeforeCommit } = stage.ledger();
  const again = creates - stage.events.filter(({ kind }) => kind === 'order.submit').length;
  const early = sentBeforeCommit ?? 0;
  const problems = [
    ...stage.problems,
    ...stage.shadow.problems,
    ...differencesOf(stage),
    ...duplicated.map((id) => `${id} is duplicated`),
    ...(again > 0 ? [`${again} creates sent again`] : []),
    ...(early > 0 ? [`${early} orders sent before they were on disk`] : []),
  ];
  const faultsFired = stage.fired();
  if (faultsFired === 0) problems.push('expected a fault to strike, was none');
  if (orders.length === 0) problems.push('expected orders at the venue, was none');
  return {
    case: name,
    seed,
    faultsFired,
    ordersSent: orders.length,
    ok: problems.length === 0,
    lost: lost.length + early,
    duplicated: duplicated.length + Math.max(0, again),
    unprotectedMs: positions.reduce((sum, { unprotectedMs }) => sum + unprotectedMs, 0) * COMPRESSION,
    resolvedMs,
    ledgerAgrees: differing.length === 0,
    problems: [...new Set(problems)],
  };
}

/** What still separates engine and venue: different books, doubts, positions without a stop. */
export function differencesOf(stage: Stage): readonly string[] {
  if (!stage.isAlive) return ['the engine is not alive'];
  const { lost } = booksOf(stage);
  const bare = stage.ledger().positions.filter(({ isProtected }) => !isProtected);
  const doubtful = stage.view.orders().filter(({ pending }) => pending !== null);
  return [
    ...lost,
    ...bare.map(({ symbol, held }) => `${symbol} ${held} without its stop`),
    ...doubtful.map(
      ({ spec, pending }) => `${spec.clientOrderId}: ${pending?.command ?? ''} is ${pending?.outcome ?? ''}`,
    ),
  ];
}

type Books = {
  readonly differing: readonly string[];
  readonly duplicated: readonly string[];
  readonly lost: readonly string[];
};

function booksOf(stage: Stage): Books {
  const { shadow } = stage;
  shadow.catchUp();
  const account = stage.books();
  const { differing, duplicated, unintended } = compareBooks(shadow, [account]);
  const entered = enteredAt(stage);
  const isBeyond = compareDecimals(entered, stage.asked) > 0;
  return {
    differing,
    duplicated: [
      ...duplicated,
      ...(isBeyond ? [`entered ${formatDecimal(entered)} instead of ${stage.askedText()}`] : []),
    ],
    lost: [...differing, ...unintended.map((id) => `${id} has no intent`), ...unaccountedIntents(shadow, [account])],
  };
}

/** What our entries in bitcoin traded by the venue's own account. */
function enteredAt(stage: Stage): Decimal {
  const entries = stage
    .books()
    .fills.filter(
      ({ clientOrderId, symbol }) => /^(BTC|XBT)/.test(symbol) && parseClientOrderId(clientOrderId)?.role === 'entry',
    );
  return entries.reduce((sum, { quantity }) => addDecimals(sum, decimal(quantity)), decimal('0'));
}
