import { type Amount, formatAmount } from '../matching/grid.ts';
import { magnitude, markNotional, unrealizedOf } from '../usdm/margin-figures.ts';
import { amountText, sizeText } from './digits.ts';
import { MARGIN_ASSET } from '../usdm/futures-account.ts';
import { invalidArgument, KrakenError } from './kraken-error.ts';
import { MARGIN_FEE_BPS, type PositionTerms } from './margin-account.ts';
import { assetNames } from './pairs.ts';
import { isKrakenOrder, krakenId } from './terms.ts';
import type { PrivateCall, PrivateRoute } from './trading-routes.ts';

/** Spot margin; https://docs.kraken.com/api/docs/rest-api/get-trade-balance and get-open-positions. */
export const MARGIN_ROUTES: Readonly<Record<string, PrivateRoute>> = {
  TradeBalance: tradeBalance,
  OpenPositions: openPositions,
  Ledgers: ledgers,
};

/** In USDT, which stands for USD here: no other asset carries positions. */
function tradeBalance({ desk, account, fields }: PrivateCall) {
  const asset = fields.optional('asset') ?? 'ZUSD';
  if (!['ZUSD', 'USD', 'USDT'].includes(asset)) throw new KrakenError('EQuery:Unknown asset');
  const figures = desk.venue.krakenMargin.of(desk.venue.account(account)).figures(desk.venue.engine.state);
  const { balance, margin, unrealized, cost, valuation, equity, free } = figures;
  const level = margin === 0n ? {} : { ml: amountText((equity * 100n * 10n ** 16n) / margin, 2) };
  return {
    eb: formatAmount(balance),
    tb: formatAmount(balance),
    m: formatAmount(margin),
    uv: '0.00000000',
    n: formatAmount(unrealized),
    c: formatAmount(cost),
    v: formatAmount(valuation),
    e: formatAmount(equity),
    mf: formatAmount(free),
    ...level,
  };
}

/** One position per pair, at its average cost; `docalcs` adds value and gain. */
function openPositions(call: PrivateCall) {
  const { desk, account, fields } = call;
  const margin = desk.venue.krakenMargin.of(desk.venue.account(account));
  const rows = [...margin.terms].map(([symbol, terms]) => ({ terms, ...row(call, symbol, terms) }));
  if (fields.optional('consolidation') === 'market') {
    return rows.map(({ terms, common, cost }) => ({
      ...common,
      positions: '1',
      leverage: amountText(terms.margin === 0n ? 0n : (cost * 10n ** 16n) / terms.margin, 5),
    }));
  }
  return Object.fromEntries(
    rows.map(({ terms, common }) => [krakenId('T', [terms.orderId, 16]), { ...common, ...openedBy(call, terms) }]),
  );
}

const LEDGER_PAGE = 50;

/** Rollover fees, newest first; https://docs.kraken.com/api/docs/rest-api/get-ledgers. Other entries are not kept. */
function ledgers({ desk, account, fields }: PrivateCall) {
  const type = fields.optional('type') ?? 'all';
  if (type !== 'rollover') throw invalidArgument('type');
  const startMs = (fields.integer('start') ?? 0) * 1000;
  const offset = fields.integer('ofs') ?? 0;
  const { book, rollovers } = desk.venue.krakenMargin.of(desk.venue.account(account));
  const rows = rollovers.filter(({ atMs }) => atMs > startMs).toReversed();
  const balance = formatAmount(book.wallet.free);
  const entries = rows.slice(offset, offset + LEDGER_PAGE).map(({ amount, atMs, orderId, number }) => {
    const refid = krakenId('T', [orderId, 16]);
    const entry = {
      ...{ refid, time: atMs / 1000, type: 'rollover', subtype: '', aclass: 'currency' },
      ...{ asset: assetNames(MARGIN_ASSET).id, amount: formatAmount(0n), fee: formatAmount(amount), balance },
    };
    return [krakenId('L', [number, 16]), entry] as const;
  });
  return { ledger: Object.fromEntries(entries), count: rows.length };
}

function row({ desk, account, fields }: PrivateCall, symbol: string, terms: PositionTerms) {
  const pair = desk.pairs.of(symbol);
  const position = desk.venue.krakenMargin.of(desk.venue.account(account)).book.position(symbol);
  const calculated = {
    value: formatAmount(magnitude(markNotional(pair.market, position.lots))),
    net: signed(unrealizedOf(pair.market, position)),
  };
  const common = {
    pair: pair.key,
    type: position.lots > 0 ? 'buy' : 'sell',
    cost: formatAmount(position.cost),
    fee: formatAmount(terms.fee),
    vol: sizeText(pair.market.rules, Math.abs(position.lots)),
    vol_closed: sizeText(pair.market.rules, 0),
    margin: formatAmount(terms.margin),
    ...(fields.flag('docalcs') ? calculated : {}),
  };
  return { common, cost: position.cost };
}

function openedBy({ desk }: PrivateCall, { orderId, openedMs, rolloverMs }: PositionTerms) {
  const order = desk.venue.engine.state.orders.get(orderId);
  const percent = `${(Number(MARGIN_FEE_BPS) / 100).toFixed(4)}%`;
  return {
    ordertxid: krakenId('O', [orderId, 16]),
    posstatus: 'open',
    time: openedMs / 1000,
    ordertype: order !== undefined && isKrakenOrder(order) ? order.terms.type : 'market',
    terms: `${percent} per 4 hours`,
    rollovertm: String(Math.floor(rolloverMs / 1000)),
    misc: '',
    oflags: '',
  };
}

const signed = (amount: Amount): string => `${amount >= 0n ? '+' : ''}${formatAmount(amount)}`;
