import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandOutcome } from '../../engine/domain/events.ts';
import { type InstrumentId, instrumentId } from '../../engine/domain/identifiers.ts';
import { ordersOf } from '../../engine/domain/order.ts';
import type { Price } from '../../engine/domain/quantities.ts';
import type { EngineEvent } from '../../engine/engine.ts';
import { report } from '../command.ts';
import { durationMs, integerOption, parseOptions, refusePositionals } from '../options.ts';
import { type BenchEngine, createBenchEngine, within } from './bench-engine.ts';
import { benchMarkets } from './bench-markets.ts';
import type { Benchmark } from './benchmark.ts';
import { journaledOrders, type OrderProof, ordersAtVenue, proveOrders } from './order-witness.ts';
import { type Spread, spreadOf } from './percentiles.ts';
import { type PracticeVenueAddress, startPracticeProcess } from './practice-process.ts';

/** The venue's own limits would end this within a second: raised, and printed with the result. */
const RAISED = ['--orders-per-10s', '1000000', '--weight-per-minute', '1000000000'];
/** A bracket is three orders to the venue, each with an id of its own. */
const ORDERS = 3;
const BUDGET = { ordersPerSecond: 1_000, seconds: 60 };
const PACE_MS = 1;
/** What is on its way when the time is over is waited for. */
const DRAIN_MS = 30_000;

const OPTIONS = {
  rate: { type: 'string', default: String(BUDGET.ordersPerSecond) },
  for: { type: 'string', default: `${BUDGET.seconds}s` },
  instruments: { type: 'string', default: '60' },
  json: { type: 'boolean', default: false },
} as const;

export type OrderLoad = { readonly ordersPerSecond: number; readonly seconds: number };

export type OrderLoadFigures = {
  readonly bench: 'load';
  readonly wanted: OrderLoad & { readonly instruments: number };
  readonly venueLimits: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly brackets: number;
  readonly ordersPerSecond: number;
  readonly outcomes: Readonly<Record<CommandOutcome['kind'] | 'unanswered', number>>;
  /** By code: signals the gate refused. */
  readonly denied: Readonly<Record<string, number>>;
  readonly proof: OrderProof;
  /** From the bar that signals to the venue's answer. */
  readonly answeredMs: Spread | null;
  /** Of one core, by the process that holds engine, journal and gateway. */
  readonly cpuPercent: number;
  readonly loadAverage: number;
  readonly budget: typeof BUDGET;
  readonly withinBudget: boolean;
};

/** Signals on many instruments at a steady rate: how many orders pass gate, journal and wire, and that each arrives once. */
export const orderLoad: Benchmark = async (args, io) => {
  const { values, positionals } = parseOptions(args, OPTIONS);
  refusePositionals(positionals);
  const instruments = integerOption('instruments', values.instruments, 1, 500);
  const load = {
    ordersPerSecond: integerOption('rate', values.rate, ORDERS, 100_000),
    seconds: durationMs('for', values.for) / 1_000,
  };
  const venue = await startPracticeProcess(['--market', 'synthetic', '--synthetic', String(instruments), ...RAISED]);
  const directory = await mkdtemp(join(tmpdir(), 'leeward-bench-'));
  try {
    io.error(`bench: ${load.ordersPerSecond} orders a second for ${load.seconds} s on ${instruments} instruments`);
    const figures = await measureOrderLoad(venue, directory, load);
    report(io, values.json)(figures, described(figures));
    return 0;
  } finally {
    await venue.close();
    await rm(directory, { recursive: true, force: true });
  }
};

export async function measureOrderLoad(
  venue: PracticeVenueAddress,
  directory: string,
  load: OrderLoad,
): Promise<OrderLoadFigures> {
  const markets = await benchMarkets(venue.rest);
  const prices = new Map(
    markets.map(({ base, quote, price }) => [instrumentId({ base, quote, venue: 'BINANCE', product: 'SPOT' }), price]),
  );
  const bench = createBenchEngine({ venue, directory, instruments: [...prices.keys()] });
  const loader = new Loader(bench, prices);
  const loadAverage = loadavg()[0] ?? 0;
  let ran: { readonly seconds: number; readonly cpuPercent: number };
  try {
    await bench.start(prices);
    ran = await loader.run(load);
  } finally {
    await bench.close();
  }
  const proof = proveOrders(journaledOrders(directory), await ordersAtVenue(venue.control), loader.refused);
  const ordersPerSecond = Math.round((loader.brackets * ORDERS) / ran.seconds);
  return {
    bench: 'load',
    wanted: { ...load, instruments: prices.size },
    venueLimits: venue.limits,
    seconds: Math.round(ran.seconds * 1_000) / 1_000,
    brackets: loader.brackets,
    ordersPerSecond,
    outcomes: { ...loader.outcomes, unanswered: loader.underWay },
    denied: loader.denied,
    proof,
    answeredMs: loader.answeredMs.length === 0 ? null : spreadOf(loader.answeredMs),
    cpuPercent: Math.round(ran.cpuPercent),
    loadAverage,
    budget: BUDGET,
    withinBudget: ordersPerSecond >= BUDGET.ordersPerSecond && ran.seconds >= BUDGET.seconds && isProven(proof, loader),
  };
}

const isProven = ({ lost, duplicated, strangers }: OrderProof, { underWay }: Loader): boolean =>
  lost + duplicated + strangers + underWay === 0;

/** One bracket at a time on each instrument: it expires at once, and the next one finds the account as it was. */
class Loader {
  readonly outcomes = { accepted: 0, rejected: 0, unknown: 0 };
  readonly denied: Record<string, number> = {};
  readonly refused = new Set<string>();
  readonly answeredMs: number[] = [];
  brackets = 0;
  private readonly bench: BenchEngine;
  private readonly prices: ReadonlyMap<InstrumentId, Price>;
  private readonly idle: InstrumentId[];
  /** By the id of the entry. */
  private readonly sent = new Map<string, { readonly instrument: InstrumentId; readonly atMs: number }>();
  private signaledMs = 0;
  private drained: () => void = () => undefined;

  constructor(bench: BenchEngine, prices: ReadonlyMap<InstrumentId, Price>) {
    this.bench = bench;
    this.prices = prices;
    this.idle = [...prices.keys()];
    bench.engine.onEvent((event) => this.take(event));
  }

  get underWay(): number {
    return this.sent.size;
  }

  /** Falls behind rather than ahead: an instrument whose answer is late waits for it. */
  async run({ ordersPerSecond, seconds }: OrderLoad): Promise<{ seconds: number; cpuPercent: number }> {
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    const total = Math.ceil((ordersPerSecond * seconds) / ORDERS);
    const elapsedMs = (): number => performance.now() - startMs;
    while (elapsedMs() < seconds * 1_000 || (this.brackets < total && elapsedMs() < seconds * 1_050)) {
      const due = Math.min(total, Math.ceil((elapsedMs() * ordersPerSecond) / ORDERS / 1_000));
      // A signal too early for its instrument makes no bracket: it is tried again in the next round.
      for (let tries = this.idle.length; tries > 0 && this.brackets < due; tries--) this.signal();
      await pause(PACE_MS);
    }
    const ranSeconds = elapsedMs() / 1_000;
    const { user, system } = process.cpuUsage(startCpu);
    if (this.underWay > 0) {
      const drained = new Promise<boolean>((resolve) => (this.drained = () => resolve(true)));
      await within(drained, () => 'not drained', DRAIN_MS).catch(() => false);
    }
    return { seconds: ranSeconds, cpuPercent: (user + system) / ranSeconds / 10_000 };
  }

  private signal(): void {
    const instrument = this.idle.shift();
    const price = instrument === undefined ? undefined : this.prices.get(instrument);
    if (instrument === undefined || price === undefined) return;
    const before = this.brackets;
    this.signaledMs = performance.now();
    this.bench.signal(instrument, price);
    if (this.brackets === before) this.idle.push(instrument);
  }

  private take({ event }: EngineEvent): void {
    if (event.kind === 'order.judged') {
      for (const { code } of event.verdict.denials) this.denied[code] = (this.denied[code] ?? 0) + 1;
    } else if (event.kind === 'order.submit') {
      const [entry] = ordersOf(event.submission);
      if (entry === undefined) return;
      this.brackets += 1;
      this.sent.set(entry.clientOrderId, { instrument: entry.instrumentId, atMs: this.signaledMs });
    } else if (event.kind === 'submit.answered') this.answered(event.clientOrderIds, event.outcome);
  }

  private answered(ids: readonly string[], outcome: CommandOutcome): void {
    this.outcomes[outcome.kind] += 1;
    if (outcome.kind === 'rejected') for (const id of ids) this.refused.add(id);
    for (const id of ids) {
      const sent = this.sent.get(id);
      if (sent === undefined) continue;
      this.sent.delete(id);
      this.answeredMs.push(performance.now() - sent.atMs);
      this.idle.push(sent.instrument);
    }
    if (this.sent.size === 0) this.drained();
  }
}

function described(figures: OrderLoadFigures): string {
  const { answeredMs: ms, budget, outcomes, proof, venueLimits } = figures;
  return [
    `${figures.ordersPerSecond} orders/s for ${figures.seconds} s: ${figures.brackets} brackets of ${ORDERS} orders`,
    `answers: ${counts(outcomes)}; denied: ${counts(figures.denied)}`,
    `journal ${proof.journaled}, venue ${proof.atVenue}: ${proof.lost} lost, ${proof.duplicated} duplicated, ${proof.strangers} strangers`,
    ...(ms === null ? [] : [`signal to answer p50 ${ms.p50} ms, p99 ${ms.p99} ms, max ${ms.max} ms`]),
    `engine ${figures.cpuPercent} % of a core, machine load ${figures.loadAverage}, venue limits raised: ${JSON.stringify(venueLimits)}`,
    `budget ${budget.ordersPerSecond} orders/s for ${budget.seconds} s, none lost, none duplicated: ${figures.withinBudget ? 'met' : 'missed'}`,
  ].join('\n');
}

const counts = (by: Readonly<Record<string, number>>): string =>
  Object.entries(by)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none';
