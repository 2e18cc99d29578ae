import type { Command, OrderRequest } from '../domain/command.ts';
import type { Config } from '../domain/config.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import { ACCOUNT, BTC, CONFIG, CoreSession, LISTED, PRICES } from './core-session.ts';

export const USDM = 'BTC/USDT.BINANCE.USDM' as InstrumentId;
export const KRAKEN = 'BTC/USDT.KRAKEN.SPOT' as InstrumentId;
export const MARGIN = 'BTC/USDT.BINANCE.MARGIN' as InstrumentId;

/** A started session whose double also trades `instrumentId`, by the rules of its venue. */
export function sessionOn(instrumentId: InstrumentId, config: Config = CONFIG): CoreSession {
  const session = new CoreSession();
  session.start(config);
  if (instrumentId === BTC) return session;
  session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: instrumentId }] });
  session.dispatch({ kind: 'feed.changed', instrumentId, state: 'live', ageUs: 0 });
  priceAt(session, instrumentId, '100.00');
  return session;
}

/** The market stands at a price, without a spread. */
export function priceAt(session: CoreSession, instrumentId: InstrumentId, price: string): void {
  session.venue.price = price;
  const reference = { ...PRICES, bid: price, ask: price, lastTrade: price, barClose: price };
  session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId, reference }] });
  session.pump();
}

export function closeBar(session: CoreSession, instrumentId: InstrumentId, close: string, volume = '10'): void {
  const bar: Bar = {
    instrumentId,
    interval: '1m',
    openTimeUs: session.timeUs,
    open: close,
    high: (Number(close) + 0.5).toFixed(2),
    low: (Number(close) - 0.5).toFixed(2),
    close,
    volume,
  };
  const reference = { ...PRICES, bid: close, ask: close, lastTrade: close, barClose: close };
  session.dispatch({ kind: 'bar.closed', bar, reference, warmUp: false });
  session.pump();
}

export const request = (over: Partial<OrderRequest> = {}): OrderRequest => ({
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  quantity: '1.000',
  price: '99.99',
  triggerPrice: null,
  reduceOnly: false,
  protection: { stopTrigger: '98.00', stopLimit: '97.50', target: null },
  ...over,
});

/** Code of the denial of a command, or null; what it led to is carried out. */
export function answerTo(session: CoreSession, command: Command): string | null {
  const answered = session.command(command).find((decision) => decision.kind === 'command.answered');
  session.pump();
  return answered?.kind === 'command.answered' ? (answered.denial?.code ?? null) : 'NO_ANSWER';
}
