import { compareDecimals, decimal, addDecimals, formatDecimal } from '../../../engine/domain/decimal.ts';
import type { Command } from '../../../engine/domain/command.ts';
import type { ExecutorRequest } from '../../../engine/domain/executor.ts';
import { commandId } from '../../../engine/domain/identifiers.ts';
import type { VenueGateway } from '../../../engine/ports/venue-gateway.ts';
import { compareBooks, unaccountedIntents } from '../../kill-drill/compare-books.ts';
import { RowFollower } from '../../kill-drill/row-follower.ts';
import { ACCOUNT, bracket } from '../stage.ts';
import { reportOf, venueBooks } from '../venue-books.ts';
import { RandomStage } from './random-stage.ts';
import type { Act, Schedule } from './schedule.ts';

export type PlayedSchedule = {
  readonly problems: readonly string[];
  readonly lives: number;
  readonly struck: number;
  readonly orders: number;
  readonly fills: number;
  readonly partialFills: number;
  readonly filterChanges: number;
  /** Parent orders that were taken. */
  readonly executors: number;
  readonly lost: number;
  readonly duplicated: number;
  /** From the end of all trouble until all agreed, milliseconds of the engine. */
  readonly resolvedMs: number;
  /** Longest time without a stop by the venue's account, trouble included. */
  readonly unprotectedMs: number;
};

/** A kill that its failpoint did not bring comes after this time. */
const REACHED_WITHIN_MS = 3_000;
const START_WITHIN_MS = 30_000;
/**
 * Once the wire is calm: both books agree and every position has its stop. A look comes every 10 s at the latest, one that
 * died with its connection is given up after 20 s, and retries back off to 10 s.
 */
const RESOLVED_WITHIN_MS = 40_000;
/** Kraken counts the calls of a key: after trouble they wait for each other. */
const RESOLVED_AT_KRAKEN_MS = 90_000;
const LOOK_MS = 1_000;
/** Kraken's decimals of a pair never change, its minimum does. */
const KRAKEN_STEPS = { stepSize: '0.001', tickSize: '0.01' };
const SHORT_STOP = { stopTrigger: '102.00', stopLimit: '102.50' };

/** Plays one schedule and holds the journal against the venue's own account. */
export async function playSchedule(
  schedule: Schedule,
  exchange?: (gateway: VenueGateway) => VenueGateway,
): Promise<PlayedSchedule> {
  const player = new Player(schedule, exchange);
  await player.begin();
  for (const { act, afterMs } of schedule.steps) {
    await player.advance(afterMs);
    await player.perform(act);
  }
  return player.conclude();
}

type Outside = Exclude<Act, { kind: 'enter' | 'execute' | 'kill' | 'close' | 'cancelAll' | 'emergencyStop' }>;

class Player {
  private readonly stage: RandomStage;
  private readonly side: Schedule['side'];
  private readonly books = new RowFollower();
  private readonly problems: string[] = [];
  private taken = 0;
  private commands = 0;
  private filterChanges = 0;
  private asked = decimal('0');

  constructor({ product, seed, side }: Schedule, exchange: ((gateway: VenueGateway) => VenueGateway) | undefined) {
    this.stage = new RandomStage({ product, seed }, exchange);
    this.side = side;
  }

  async begin(): Promise<void> {
    await this.stage.advance(300);
    await this.live();
  }

  async advance(ms: number): Promise<void> {
    await this.stage.advance(ms);
    // Dead at a failpoint meanwhile.
    if (this.stage.life === undefined) await this.live();
  }

  /** A new life, re-armed by hand when it comes up halted. One that dies as it comes up is followed by another. */
  private async live(): Promise<void> {
    const { stage } = this;
    stage.start();
    const { life } = stage;
    const up = new Set<unknown>();
    life?.started.then(
      () => up.add(life),
      (error: unknown) => this.problems.push(String(error)),
    );
    for (let ms = 0; ms < START_WITHIN_MS && !up.has(life) && stage.life === life; ms += 100) await stage.advance(100);
    if (stage.life === undefined) {
      await this.live();
      return;
    }
    if (!up.has(life)) this.problems.push(`life ${stage.lives} was not up within ${START_WITHIN_MS} ms`);
    await stage.advance(1_500);
    if (stage.lives > 1) this.send({ kind: 'rearm', to: 'active', reason: 'the schedule goes on' });
  }

  private send(command: Command): void {
    const { stage } = this;
    const nowUs = stage.clock.nowUs();
    const sent = stage.life?.engine.command({
      commandId: commandId(`${stage.lives}-${++this.commands}`),
      actor: 'trader',
      roles: ['trader'],
      origin: 'button',
      issuedAtUs: nowUs,
      expiresAtUs: nowUs + 60_000_000,
      command,
    });
    sent?.catch((error: unknown) => this.problems.push(String(error)));
  }

  async perform(act: Act): Promise<void> {
    if (act.kind === 'enter') this.enter(act);
    else if (act.kind === 'execute') this.execute(act);
    else if (act.kind === 'kill') await this.kill(act);
    else if (act.kind === 'close')
      this.send({ kind: 'closePosition', accountId: ACCOUNT, instrumentId: this.stage.bitcoin });
    else if (act.kind === 'cancelAll') this.send({ kind: 'cancelAll', accountId: ACCOUNT, instrumentId: null });
    else if (act.kind === 'emergencyStop') this.send({ kind: 'emergencyStop' });
    else this.disturb(act);
  }

  /** What happens outside of the engine. */
  private disturb(act: Outside): void {
    const { life, market, product, state, venue, wire } = this.stage;
    const { rules } = state.market('BTCUSDT');
    switch (act.kind) {
      case 'trade':
        market.trade(10_000, act.lots, act.aggressor);
        return;
      case 'move':
        market.moveTo(act.ticks);
        return;
      case 'wire':
        wire.doom(act.of, act.fate, act.times);
        return;
      case 'events':
        wire.doomEvents(act.fate, act.times);
        return;
      case 'stream':
        life?.library.loseStream(act.forMs);
        return;
      case 'refuseLegs':
        venue.engine.state.refusePendingLegs += act.times;
        return;
      case 'filters':
        this.filterChanges += 1;
        rules.changeFilters([{ ...act.filters, ...(product === 'kraken' ? KRAKEN_STEPS : {}) }]);
    }
  }

  private enter({ entry, lots }: Extract<Act, { kind: 'enter' }>): void {
    const quantity = formatDecimal({ units: BigInt(lots), scale: 3 });
    this.asked = addDecimals(this.asked, decimal(quantity));
    const limitPrice = entry === 'resting' ? '100.00' : '99.95';
    const request = bracket({
      ...{ entry, quantity, instrumentId: this.stage.bitcoin },
      ...(this.side === 'sell' ? { ...SHORT_STOP, side: 'sell', target: '96.00', limitPrice } : {}),
    });
    this.send({ kind: 'enterBracket', request });
  }

  private execute({ params, lots }: Extract<Act, { kind: 'execute' }>): void {
    const quantity = formatDecimal({ units: BigInt(lots), scale: 3 });
    this.asked = addDecimals(this.asked, decimal(quantity));
    const { side, stage } = this;
    const stop = side === 'buy' ? { stopTrigger: '98.00', stopLimit: '97.50' } : SHORT_STOP;
    const request: ExecutorRequest = {
      ...{ accountId: ACCOUNT, strategyId: null, instrumentId: stage.bitcoin, side, quantity, params },
      ...{ reduceOnly: false, protection: { ...stop, target: null } },
    };
    this.send({ kind: 'startExecutor', request });
  }

  private async kill({ at, hit, downMs }: Extract<Act, { kind: 'kill' }>): Promise<void> {
    const { stage } = this;
    const { life } = stage;
    if (at !== null) {
      stage.doom(at, hit);
      for (let ms = 0; ms < REACHED_WITHIN_MS && stage.life === life; ms += 100) await stage.advance(100);
    }
    if (stage.life === life) stage.kill();
    await stage.advance(downMs);
    await this.live();
  }

  async conclude(): Promise<PlayedSchedule> {
    const { stage } = this;
    stage.wire.calm();
    stage.venue.engine.state.refusePendingLegs = 0;
    let resolvedMs = 0;
    const withinMs = stage.product === 'kraken' ? RESOLVED_AT_KRAKEN_MS : RESOLVED_WITHIN_MS;
    while (this.differences().length > 0 && resolvedMs < withinMs) {
      await this.advance(LOOK_MS);
      resolvedMs += LOOK_MS;
    }
    const { duplicated, lost } = this.compare();
    const { creates, fills, orders, positions, sentBeforeCommit } = this.account();
    const again = creates - this.books.submissions;
    const problems = [...this.problems, ...this.books.problems, ...this.differences(), ...duplicated];
    if (again > 0) problems.push(`${again} creates sent again`);
    if ((sentBeforeCommit ?? 0) > 0) problems.push(`${sentBeforeCommit ?? 0} orders sent before they were on disk`);
    stage.kill();
    return {
      problems: [...new Set(problems)],
      lives: stage.lives,
      struck: stage.wire.struck,
      orders: orders.length,
      fills: fills.length,
      partialFills: orders.filter(({ status }) => status === 'PARTIALLY_FILLED' || status === 'CANCELED').length,
      filterChanges: this.filterChanges,
      executors: this.books.view.executors().length,
      lost: lost.length,
      duplicated: duplicated.length,
      resolvedMs,
      unprotectedMs: Math.max(0, ...positions.map(({ longestUnprotectedMs }) => longestUnprotectedMs)),
    };
  }

  private account() {
    const { product, venue } = this.stage;
    return reportOf(venue, product);
  }

  private compare(): { readonly duplicated: readonly string[]; readonly lost: readonly string[] } {
    const { disk } = this.stage;
    this.stage.flush();
    for (; this.taken < disk.rows.length; this.taken++) {
      const row = disk.rows[this.taken];
      if (row !== undefined) this.books.take(row);
    }
    const { keyState, product, venue } = this.stage;
    const balances = this.books.view.balances(ACCOUNT);
    const account = venueBooks({ venue, product, accountId: ACCOUNT, links: keyState.read().closes, balances });
    const { differing, duplicated, unintended } = compareBooks(this.books, [account]);
    const position = this.account().positions.find(({ symbol }) => symbol === 'BTCUSDT');
    const entered = (this.side === 'buy' ? position?.bought : position?.sold) ?? '0';
    const beyond = compareDecimals(decimal(entered), this.asked) > 0;
    return {
      duplicated: [...duplicated.map((id) => `${id} is duplicated`), ...(beyond ? [`${this.side} of ${entered}`] : [])],
      lost: [
        ...differing,
        ...unintended.map((id) => `${id} has no intent`),
        ...unaccountedIntents(this.books, [account]),
      ],
    };
  }

  private differences(): readonly string[] {
    const { lost } = this.compare();
    const bare = this.account().positions.filter(({ isProtected }) => !isProtected);
    const view = this.stage.life?.engine.view;
    const doubtful = view?.orders().filter(({ pending }) => pending !== null) ?? [];
    return [
      ...lost,
      ...bare.map(({ symbol, held }) => `${symbol} ${held} without its stop`),
      ...doubtful.map(
        ({ spec, pending }) => `${spec.clientOrderId}: ${pending?.command ?? ''} ${pending?.outcome ?? ''}`,
      ),
    ];
  }
}
