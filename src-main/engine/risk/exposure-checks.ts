import { addDecimals, decimal, divideDecimals, multiplyDecimals } from '../domain/decimal.ts';
import { Price, type Quantity } from '../domain/quantities.ts';
import { count, type Judgment, larger, measured, unmeasured } from './judgment.ts';
import type { GateContext, Subject } from './subject.ts';

/** Orders a bracket may have at the venue at once: entry, stop, target. */
const BRACKET_ORDERS = 3;

const fundsCheck = ({ funds }: GateContext): string => (funds.leverage === null ? 'freeBalance' : 'freeMargin');

/** Notional of the order and of the position after it against equity, order and stop slots, free balance with fees. */
export function judgeExposure(subject: Subject): readonly Judgment[] {
  const { figures, context } = subject;
  const { quote } = context.instrument;
  const slots = [judgeOrderSlots(subject), judgeStopSlots(subject)];
  if (figures.quantity === null || figures.prices === null) {
    return [
      unmeasured('orderNotional', quote),
      unmeasured('positionNotional', quote),
      unmeasured(fundsCheck(context), quote),
      ...slots,
    ];
  }
  const { limitPrice } = figures.prices;
  return [
    ...judgeNotional(subject, figures.quantity, limitPrice),
    judgeFunds(subject, figures.quantity, limitPrice),
    ...slots,
  ];
}

/**
 * The position counts at the higher of limit and reference median, and the order is added to its magnitude whatever the
 * sides: a bracket opens exposure, it never nets.
 */
function judgeNotional(subject: Subject, quantity: Quantity, limitPrice: Price): readonly Judgment[] {
  const { config, equity, instrument, positionQuantity } = subject.context;
  const { quote: unit } = instrument;
  if (equity?.asset !== unit) return [unmeasured('orderNotional', unit), unmeasured('positionNotional', unit)];
  const price = Price.of(larger(limitPrice, subject.reference.median ?? limitPrice));
  const held = positionQuantity.abs();
  const shared = { unit, bound: 'atMost' } as const;
  return [
    measured(
      {
        ...shared,
        name: 'orderNotional',
        limit: multiplyDecimals(equity, decimal(config.maxOrderNotionalRatio)),
        used: null,
        after: limitPrice.times(quantity, unit),
      },
      'ORDER_NOTIONAL_LIMIT',
    ),
    measured(
      {
        ...shared,
        name: 'positionNotional',
        limit: multiplyDecimals(equity, decimal(config.maxPositionNotionalRatio)),
        used: price.times(held, unit),
        after: price.times(held.plus(quantity), unit),
      },
      'POSITION_NOTIONAL_LIMIT',
    ),
  ];
}

const MARGIN_SCALE = 12;

/**
 * The price, or with leverage its initial margin, has to be free. Some venues take the fee in the quote asset, so the taker
 * rate is kept free on top.
 */
function judgeFunds({ context }: Subject, quantity: Quantity, limitPrice: Price): Judgment {
  const { quote: unit, takerFee } = context.instrument;
  const { free, leverage } = context.funds;
  const name = fundsCheck(context);
  if (free === null) return unmeasured(name, unit);
  const notional = limitPrice.times(quantity, unit);
  const fee = multiplyDecimals(notional, takerFee);
  const own = leverage === null ? notional : divideDecimals(notional, count(leverage), MARGIN_SCALE, 'up');
  const limit = free.asset === unit ? free : count(0);
  const measure = { name, unit, bound: 'atMost', limit, used: null, after: addDecimals(own, fee) } as const;
  return leverage === null
    ? measured(measure, 'BALANCE_INSUFFICIENT')
    : measured(measure, 'MARGIN_INSUFFICIENT', { leverage });
}

/** A full venue refuses the stop, so the last slots belong to stops and exits. */
function judgeOrderSlots({ context }: Subject): Judgment {
  const { restingOrders, config, instrument } = context;
  const measure = {
    name: 'orderSlots',
    unit: 'orders',
    bound: 'atMost',
    limit: count(instrument.maxOrders - config.reservedOrderSlots),
    used: count(restingOrders),
    after: count(restingOrders + BRACKET_ORDERS),
  } as const;
  return measured(measure, 'ORDER_SLOTS_RESERVED', { reserved: config.reservedOrderSlots });
}

function judgeStopSlots({ context }: Subject): Judgment {
  const { restingStops, instrument } = context;
  const measure = {
    name: 'stopSlots',
    unit: 'orders',
    bound: 'atMost',
    limit: count(instrument.maxStopOrders),
    used: count(restingStops),
    after: count(restingStops + 1),
  } as const;
  return measured(measure, 'ORDER_SLOTS_RESERVED', { reserved: 0 });
}
