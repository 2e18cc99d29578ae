import { parseClientOrderId } from '../domain/client-order-id.ts';
import {
  addDecimals,
  decimal,
  type Decimal,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
} from '../domain/decimal.ts';
import type { OwnerChoice } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { AccountId, ClientOrderId, InstrumentId, TradeId, VenueOrderId } from '../domain/identifiers.ts';
import type { Fill, OrderReport } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { syntheticId } from '../domain/synthetic-id.ts';
import { adoptFromReport } from './adoption.ts';
import { quantityOf } from './amounts.ts';
import { tradeKey } from './applied-trades.ts';
import { isSpot } from './expected-balances.ts';
import { listedInstrument, touchExposure, venueLink, type Turn } from './execution-state.ts';
import { noteReport } from './order-ledger.ts';
import { changeTradingState } from './trading-state-latch.ts';

/**
 * Settles whose account it is. `this`: their open orders and what their trades left of a position become ours with the next look. `other`: this
 * engine only reduces. Denies when no such installation was seen on the account.
 */
export function chooseOwner(turn: Turn, { accountId, installation, owner }: OwnerChoice): Denial | null {
  const other = turn.state.reconciliation.others.get(`${accountId}|${installation}`);
  if (other === undefined) return { code: 'INSTALLATION_UNKNOWN', params: { accountId, installation } };
  other.owner = owner;
  other.chosenAtUs = turn.timeUs;
  if (owner === 'other') {
    if (turn.state.tradingState === 'active') {
      changeTradingState(turn, 'reducing', 'OTHER_INSTALLATION', ['engine', accountId]);
    }
    return null;
  }
  if (!other.isTaken) venueLink(turn.state, accountId).wanted ??= 'OWNER_CHOSEN';
  return null;
}

/** Takes over what a person chose to, by a look that was asked for afterwards: orders, trades and balances of one time. */
export function completeTakeOvers(turn: Turn, accountId: AccountId, askedAtUs: number): void {
  for (const other of turn.state.reconciliation.others.values()) {
    if (other.accountId !== accountId || other.owner !== 'this' || other.isTaken) continue;
    if (other.chosenAtUs === null || askedAtUs < other.chosenAtUs) {
      venueLink(turn.state, accountId).wanted ??= 'OWNER_CHOSEN';
      continue;
    }
    other.isTaken = true;
    takeOver(turn, accountId, other.installation);
  }
}

function takeOver(turn: Turn, accountId: AccountId, installation: string): void {
  const { foreign } = turn.state.reconciliation;
  const orders = [...foreign].filter(
    ([, order]) => order.report.accountId === accountId && order.installation === installation,
  );
  const fills = heldFillsOf(turn, accountId, installation);
  const instruments = new Set([
    ...orders.map(([, { report }]) => report.instrumentId),
    ...fills.map((fill) => fill.instrumentId),
  ]);
  for (const instrumentId of instruments) {
    if (!turn.state.instruments.has(instrumentId)) continue;
    const reports = orders.map(([, { report }]) => report).filter((report) => report.instrumentId === instrumentId);
    takePosition(turn, {
      accountId,
      instrumentId,
      reports,
      fills: fills.filter((fill) => fill.instrumentId === instrumentId),
    });
  }
  for (const fill of fills) dropHeld(turn, fill);
  for (const [key, { report }] of orders) {
    const record = adoptFromReport(turn, report, turn.timeUs);
    if (record === undefined) continue;
    foreign.delete(key);
    // Its earlier trades are part of the position already.
    record.filled = report.filledQuantity;
    noteReport(turn, report);
  }
}

function heldFillsOf(turn: Turn, accountId: AccountId, installation: string): readonly Fill[] {
  const held = [...turn.state.reconciliation.heldFills.values()];
  return held
    .filter((fill) => fill.accountId === accountId)
    .filter(({ clientOrderId }) => parseClientOrderId(clientOrderId)?.installation === installation)
    .toSorted((a, b) => (tradeNumber(a) < tradeNumber(b) ? -1 : 1));
}

const tradeNumber = ({ tradeId }: Fill): bigint => (/^\d+$/.test(tradeId) ? BigInt(tradeId) : 0n);

function dropHeld(turn: Turn, fill: Fill): void {
  turn.state.reconciliation.heldFills.delete(tradeKey(fill));
  turn.state.trades.set(tradeKey(fill), turn.timeUs);
}

type Taken = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly reports: readonly OrderReport[];
  readonly fills: readonly Fill[];
};

/**
 * Books what is left of their trades as one opening at its average price. Where the trades known do not reach back far enough,
 * their resting stops and the balance of the venue together tell the quantity.
 */
function takePosition(turn: Turn, taken: Taken): void {
  const { accountId, instrumentId } = taken;
  if (!isSpot(instrumentId)) return;
  const left = leftOf(turn, taken);
  const stops = taken.reports.filter(isStop).reduce((sum, report) => sum.plus(leavesOf(report)), Quantity.zero());
  const exposure = touchExposure(turn, accountId, instrumentId);
  const { base } = listedInstrument(turn.state, instrumentId);
  const held = quantityOf(turn.state.holdings.get(`${accountId}|${base}`) ?? '0').minus(quantityOf(exposure.quantity));
  const quantity = left.quantity.max(stops).min(held).max(Quantity.zero());
  const price = left.price ?? turn.state.prices.get(instrumentId) ?? taken.reports.find(isStop)?.triggerPrice ?? null;
  if (!quantity.isPositive || price === null) return;
  const id = syntheticId('taken over', accountId, instrumentId, turn.timeUs);
  exposure.quantity = quantityOf(exposure.quantity).plus(quantity).toString();
  turn.applied.push({
    tradeId: `taken-${id}` as TradeId,
    clientOrderId: id as ClientOrderId,
    venueOrderId: `taken-${id}` as VenueOrderId,
    accountId,
    instrumentId,
    side: 'buy',
    price,
    quantity: quantity.toString(),
    fee: { amount: '0', asset: base },
    liquidity: 'taker',
    tradedAtUs: turn.timeUs,
  });
}

const isStop = ({ side, type }: OrderReport): boolean =>
  side === 'sell' && (type === 'stopLimit' || type === 'stopMarket');

const leavesOf = ({ quantity, filledQuantity }: OrderReport): Quantity =>
  quantityOf(quantity).minus(quantityOf(filledQuantity));

const PRICE_DIGITS = 8;
const NOTHING: Decimal = { units: 0n, scale: 0 };

/** Since the position was last flat: what is left, and the average price of what was bought. */
function leftOf(
  turn: Turn,
  { fills, instrumentId }: Taken,
): { readonly quantity: Quantity; readonly price: string | null } {
  const { base } = listedInstrument(turn.state, instrumentId);
  let [quantity, bought, cost] = [Quantity.zero(), NOTHING, NOTHING];
  for (const fill of fills) {
    const traded = quantityOf(fill.quantity);
    const fee = fill.fee.asset === base ? quantityOf(fill.fee.amount) : Quantity.zero();
    quantity = quantity.plus(fill.side === 'buy' ? traded : traded.negated()).minus(fee);
    if (fill.side === 'buy') {
      bought = addDecimals(bought, traded);
      cost = addDecimals(cost, multiplyDecimals(decimal(fill.price), traded));
    }
    if (!quantity.isPositive) [quantity, bought, cost] = [Quantity.zero(), NOTHING, NOTHING];
  }
  const price = bought.units === 0n ? null : formatDecimal(divideDecimals(cost, bought, PRICE_DIGITS, 'halfEven'));
  return { quantity, price };
}
