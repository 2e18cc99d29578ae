import { z } from 'zod';
import { decimal } from '../../engine/domain/decimal.ts';
import { instrumentId } from '../../engine/domain/identifiers.ts';
import { Price, Quantity } from '../../engine/domain/quantities.ts';
import { requestStop } from '../../guardian/client.ts';
import { connectEngine, type EngineClient } from '../../launcher/engine-client.ts';
import type { TerminalState } from '../../../src-preload/contract/state.ts';
import type { CommandDto } from '../../../src-preload/contract/messages.ts';
import { CommandFailure } from '../command.ts';
import { type BenchMarket, benchMarkets } from './bench-markets.ts';
import type { ChildMessage } from './children.ts';

const LOOK_MS = 20;
const PATIENCE_MS = 60_000;
/** Of equity it is a fiftieth: 50 positions fit the account. */
const NOTIONAL = decimal('1500');

const ledgerSchema = z.object({
  positions: z.array(z.object({ symbol: z.string(), held: z.string() })),
  orders: z.array(z.object({ clientOrderId: z.string(), status: z.string(), side: z.string(), updatedMs: z.number() })),
});
type Ledger = z.infer<typeof ledgerSchema>;

export type StopTimes = {
  /** From the request to the engine's first notice of it. */
  readonly noticedMs: number;
  /** From the request until the engine handed its first cancel to the network, by the wall clock both share; null without one. */
  readonly firstCancelMs: number | null;
  /** From the request to the first cancel in the venue's own books, in whole milliseconds; null without one. */
  readonly firstCanceledMs: number | null;
  /** From the engine's first notice to the answer of the last exit; null without one. */
  readonly lastExitMs: number | null;
  /** From the engine's first notice to its proof; null when there was none within a minute. */
  readonly provenMs: number | null;
};

/** The trader's side of a running session, and the venue's account of what reached it. */
export class StopDrill {
  private readonly client: EngineClient;
  private readonly control: string;
  private readonly guardianSocket: string;
  private readonly markets: readonly BenchMarket[];
  private commands = 0;

  private constructor(client: EngineClient, session: ChildMessage, markets: readonly BenchMarket[]) {
    this.client = client;
    this.control = String(session['control']);
    this.guardianSocket = String(session['guardianSocket']);
    this.markets = markets;
  }

  /** Resolves when every market of the session is live. */
  static async of(session: ChildMessage): Promise<StopDrill> {
    const client = await connectEngine(String(session['clientSocket']), String(session['clientToken']));
    const drill = new StopDrill(client, session, await benchMarkets(String(session['rest'])));
    await drill.until(({ strip }) => strip.feed.live >= drill.markets.length && strip.feed.total > 0, 'live markets');
    return drill;
  }

  close(): void {
    this.client.close();
  }

  async arm(fault: Readonly<Record<string, unknown>>): Promise<void> {
    const body = JSON.stringify(fault);
    const headers = { 'content-type': 'application/json' };
    await fetch(new URL('/practice/faults', this.control), { method: 'POST', headers, body });
  }

  /** Post-only entries far below the market, on one market after the other; none of them is waited for. */
  sendEntries(count: number): void {
    for (let index = 0; index < count; index++) {
      const market = this.markets[index % this.markets.length];
      if (market !== undefined) this.send(bracketOf(market, 'resting'));
    }
  }

  /** Buys on every market; resolves when each position is there and protected. */
  async openPositions(): Promise<number> {
    for (let open = 0; open < this.markets.length;) {
      const { positions } = await this.client.snapshot();
      const held = new Set(positions.filter(({ coverage }) => coverage !== 'dust').map((one) => one.instrumentId));
      const missing = this.markets.filter((market) => !held.has(idOf(market)));
      open = held.size;
      // The venue takes 50 orders in ten seconds; a bracket is three.
      for (const market of missing.slice(0, 4)) this.send(bracketOf(market, 'fok'));
      await pause(1_000);
    }
    const { positions } = await this.until(
      (state) => state.positions.filter(({ coverage }) => coverage === 'protected').length >= this.markets.length,
      'protected positions',
    );
    return positions.length;
  }

  /** Resolves when so many orders rest at the venue. */
  async untilResting(count: number): Promise<void> {
    const rests = ({ orders }: TerminalState): boolean =>
      orders.filter(({ pending, status }) => status === 'accepted' && pending === null).length >= count;
    await this.until(rests, `${count} resting orders`);
  }

  /** Resolves when the stop is over, or after a minute. Throws CommandFailure when the guardian had to act alone. */
  async stop(): Promise<StopTimes> {
    const startUs = wallUs();
    const { acknowledgedBy } = await requestStop(this.guardianSocket, 'key');
    if (acknowledgedBy !== 'engine') {
      throw new CommandFailure(`expected the engine to acknowledge in time, was the ${acknowledgedBy}: a busy machine`);
    }
    const isOver = ({ stop, strip }: TerminalState): boolean =>
      strip.tradingState === 'halted' && typeof stop?.finishedAtUs === 'number';
    const { stop } = await this.until(isOver, 'a finished stop', true);
    const offsetMs = await this.marketOffsetMs();
    const canceledMs = (await this.ledger()).orders
      .filter(({ status }) => status === 'CANCELED')
      .map(({ updatedMs }) => updatedMs + offsetMs)
      .filter((ms) => ms >= Math.floor(startUs / 1_000));
    const first = Math.min(...canceledMs);
    const since = (atUs: number | null): number | null =>
      atUs === null || stop === null ? null : Math.round((atUs - stop.startedAtUs) / 1_000);
    const actions = stop?.actions ?? [];
    const exits = actions.filter(({ action, outcome }) => action === 'exit' && outcome === 'done');
    const sent = actions.flatMap(({ action, sentAtUs }) => (action === 'cancel' ? [sentAtUs] : []));
    return {
      noticedMs: ((stop?.startedAtUs ?? startUs) - startUs) / 1_000,
      firstCancelMs: sent.length === 0 ? null : (Math.min(...sent) - startUs) / 1_000,
      firstCanceledMs: Number.isFinite(first) ? first - startUs / 1_000 : null,
      lastExitMs: since(exits.length === 0 ? null : Math.max(...exits.map(({ answeredAtUs }) => answeredAtUs ?? 0))),
      provenMs: since(stop?.finishedAtUs ?? null),
    };
  }

  async rearm(): Promise<void> {
    this.send({ kind: 'rearm', to: 'active', reason: 'next sample' });
    await this.until(({ strip }) => strip.tradingState === 'active', 'an active session');
  }

  /** Markets on which more than dust is held, as the venue knows it. */
  async heldAtVenue(): Promise<number> {
    const lots = new Map(this.markets.map(({ listed }) => [listed.venueSymbol, Quantity.of(decimal(listed.lotSize))]));
    return (await this.ledger()).positions.filter(({ symbol, held }) => {
      const lot = lots.get(symbol);
      return lot !== undefined && Quantity.of(decimal(held)).compare(lot) >= 0;
    }).length;
  }

  private async ledger(): Promise<Ledger> {
    return ledgerSchema.parse(await (await fetch(new URL('/practice/ledger', this.control))).json());
  }

  /** Wall time less market time: orders carry the latter, which runs at the same speed here. */
  private async marketOffsetMs(): Promise<number> {
    const reply = await fetch(new URL('/practice/clock', this.control));
    const { wallMs, marketMs } = (await reply.json()) as { readonly wallMs: number; readonly marketMs: number };
    return wallMs - marketMs;
  }

  private send(command: CommandDto): void {
    const id = `bench-${String(++this.commands)}`;
    this.client.send({ t: 'command', id, origin: 'api', issuedAtUs: Date.now() * 1_000, command });
  }

  /** With `isLenient` the last state is given back when the patience ends. */
  private async until(
    isThere: (state: TerminalState) => boolean,
    what: string,
    isLenient = false,
  ): Promise<TerminalState> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const state = await this.client.snapshot();
      if (isThere(state)) return state;
      if (performance.now() > endMs) {
        if (isLenient) return state;
        throw new CommandFailure(
          `expected ${what}, was ${JSON.stringify(state.strip)} ${JSON.stringify(state.risk.lastDenial)}`,
        );
      }
      await pause(LOOK_MS);
    }
  }
}

const idOf = ({ base, quote }: BenchMarket): string => instrumentId({ base, quote, venue: 'BINANCE', product: 'SPOT' });

/** Around the market's price: `resting` as far below it as the collar allows, `fok` above it. */
function bracketOf(market: BenchMarket, entry: 'resting' | 'fok'): CommandDto {
  const { listed, price } = market;
  const tick = Price.of(decimal(listed.tickSize));
  const at = (factor: string): string => price.scaledBy(decimal(factor), 'down').roundToTick(tick, 'down').toString();
  const entryFactor = entry === 'fok' ? '1.04' : '1.015';
  const [stopTrigger, stopLimit, target] = ['0.97', '0.965', '1.10'].map(at) as [string, string, string];
  return {
    ...{ kind: 'enterBracket', accountId: 'paper-01', instrumentId: idOf(market), side: 'buy', entry },
    ...{ quantity: quantityFor(market), limitPrice: at(entryFactor), stopTrigger, stopLimit, target },
  };
}

/** Whole lots of about the notional. */
function quantityFor({ listed, price }: BenchMarket): string {
  const lot = Quantity.of(decimal(listed.lotSize));
  const scale = Math.max(lot.scale, 0);
  const units = (NOTIONAL.units * 10n ** BigInt(price.scale + scale)) / (price.units * 10n ** BigInt(NOTIONAL.scale));
  return Quantity.of({ units, scale }).floorToLot(lot).toString();
}

/** As the engine's stamps: the system's wall clock, to the microsecond. */
const wallUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1_000);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
