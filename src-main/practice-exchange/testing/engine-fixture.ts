import { decimal } from '../../engine/domain/decimal.ts';
import type { Account } from '../matching/account.ts';
import type { ExchangeEvent, Execution } from '../matching/exchange-events.ts';
import { parseAmount } from '../matching/grid.ts';
import { MatchingEngine } from '../matching/matching-engine.ts';
import type { ListRequest, Moment, OrderRequest } from '../matching/order-request.ts';
import type { MarketSource } from '../market/market-source.ts';
import { HandMadeMarket } from './hand-made-market.ts';

export const FEES = { maker: parseAmount('0.001'), taker: parseAmount('0.001'), discountAsset: null };

type Wish = Partial<Omit<OrderRequest, 'quantity' | 'price' | 'stopPrice' | 'quoteOrderQty'>> & {
  readonly quantity?: string;
  readonly price?: string;
  readonly stopPrice?: string;
  readonly quoteOrderQty?: string;
};

let ids = 0;

/** An order request out of plain words; a limit buy of 1 at 100 unless told otherwise. */
export function wish({ quantity, price, stopPrice, quoteOrderQty, ...rest }: Wish): OrderRequest {
  const number = (text: string | undefined) => (text === undefined ? null : decimal(text));
  return {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    clientOrderId: `test-${++ids}`,
    strategyId: null,
    strategyType: null,
    ...rest,
    quantity: number(quantity),
    price: number(price),
    stopPrice: number(stopPrice),
    quoteOrderQty: number(quoteOrderQty),
  };
}

export const listWish = (list: Partial<ListRequest>): ListRequest => ({
  symbol: 'BTCUSDT',
  contingency: 'OTO',
  listClientOrderId: `list-${++ids}`,
  working: null,
  legs: [],
  sizedByWorking: false,
  ...list,
});

/** A matching engine on the hand-made market with a funded account and everything it said. */
export class EngineFixture {
  readonly events: ExchangeEvent[] = [];
  readonly engine: MatchingEngine;
  readonly account: Account;
  now: Moment;

  constructor(market: MarketSource = new HandMadeMarket()) {
    this.engine = new MatchingEngine({ symbols: market.symbols, emit: (event) => this.events.push(event) });
    this.account = this.fund('first', { USDT: '100000', BTC: '10' });
    this.now = { wallMs: 0, marketMs: market.startTimeMs };
    for (const event of market.advance(market.startTimeMs)) this.engine.apply(event, this.now);
    this.events.length = 0;
  }

  fund(name: string, balances: Readonly<Record<string, string>>, fees = FEES): Account {
    const account = this.engine.addAccount(name, fees);
    for (const [asset, amount] of Object.entries(balances)) account.credit(asset, parseAmount(amount));
    return account;
  }

  place(request: OrderRequest, account = this.account) {
    return this.engine.place(account, request, this.now);
  }

  placeList(request: ListRequest, account = this.account) {
    return this.engine.placeList(account, request, this.now);
  }

  trade(ticks: number, lots: number, aggressor: 'buy' | 'sell'): void {
    const event = {
      kind: 'trade',
      symbol: 'BTCUSDT',
      marketTimeMs: this.now.marketMs,
      ticks,
      lots,
      aggressor,
    } as const;
    this.engine.apply(event, this.now);
  }

  book(bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): void {
    const event = { kind: 'book', symbol: 'BTCUSDT', marketTimeMs: this.now.marketMs, snapshot: false } as const;
    this.engine.apply({ ...event, bids, asks }, this.now);
  }

  executions(): Execution[] {
    return this.events.filter((event) => event.kind === 'execution');
  }

  /** What an order went through: `NEW NEW`, `TRADE FILLED` and so on. */
  path(clientOrderId: string): string[] {
    return this.executions()
      .filter((event) => event.order.clientOrderId === clientOrderId)
      .map((event) => `${event.type} ${event.order.status}`);
  }
}
