import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimal,
  divideDecimals,
  multiplyDecimals,
} from '../domain/decimal.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import {
  atOnce,
  type Executor,
  isBusy,
  isCount,
  isRatio,
  isSize,
  type Look,
  type Plan,
  type ParamsOf,
  textOf,
  touch,
  WAIT,
} from './executor.ts';

type Params = ParamsOf<'pyramid'>;

/**
 * The first part comes with the stop of the request. Each further one waits for its gain, moves the stop of all first, and
 * is added once that stop rests; its size is what the risk limit leaves at the new stop.
 */
export const pyramid: Executor<'pyramid'> = {
  check({ addQuantity, stepRatio, stopRatio, maxAdds, riskLimit }, { reduceOnly }) {
    if (reduceOnly) return 'side';
    if (!isSize(addQuantity)) return 'addQuantity';
    if (!isRatio(stepRatio)) return 'stepRatio';
    if (!isRatio(stopRatio)) return 'stopRatio';
    if (!isCount(maxAdds, 100)) return 'maxAdds';
    return isSize(riskLimit) ? null : 'riskLimit';
  },
  step(params, look) {
    const price = touch(look);
    if (price === null || isBusy(look)) return WAIT(look);
    const adds = Number(look.memo['adds'] ?? 0);
    if (adds > params.maxAdds) return { ...WAIT(look), isDone: true };
    if (adds === 0) return first(params, look, price);
    const stop = textOf(look.memo, 'stop');
    return stop !== null ? add(params, look, price, Price.of(decimal(stop))) : advance(params, look, price);
  },
};

function first(params: Params, look: Look, price: Price): Plan {
  const trigger = Price.of(decimal(look.request.protection?.stopTrigger ?? '0'));
  const quantity = affordable(params, look, price, trigger);
  if (quantity.compare(look.instrument.minQuantity) < 0) return WAIT(look);
  return { ...WAIT(look), place: [atOnce(price, quantity)], memo: { adds: 1, price: price.toString() } };
}

/** The gain is there: the stop goes first. */
function advance(params: Params, look: Look, price: Price): Plan {
  const up = direction(look);
  const last = Price.of(decimal(textOf(look.memo, 'price') ?? '0'));
  if (look.position.isZero || price.compare(apart(last, params.stepRatio, up)) * up < 0) return WAIT(look);
  const wanted = apart(price, params.stopRatio, -up).roundToTick(look.instrument.tickSize, up > 0 ? 'down' : 'up');
  const stop = look.stop !== null && look.stop.compare(wanted) * up > 0 ? look.stop : wanted;
  return { ...WAIT(look), stop, memo: { ...look.memo, stop: stop.toString() } };
}

function add(params: Params, look: Look, price: Price, stop: Price): Plan {
  const { stop: _moved, ...memo } = look.memo;
  if (look.position.isZero) return { ...WAIT(look), memo };
  if (look.stop === null || look.stop.compare(stop) * direction(look) < 0) return WAIT(look);
  const quantity = affordable(params, look, price, stop);
  if (quantity.compare(look.instrument.minQuantity) < 0) return { ...WAIT(look), memo };
  const next = { adds: Number(look.memo['adds']) + 1, price: price.toString() };
  return { place: [{ ...atOnce(price, quantity), stop }], cancel: [], memo: next, isDone: false };
}

const direction = ({ request }: Look): 1 | -1 => (request.side === 'buy' ? 1 : -1);

/** The most that may be added at a price so that all of it, stopped at the trigger, loses no more than the limit. */
function affordable({ addQuantity, riskLimit }: Params, look: Look, price: Price, trigger: Price): Quantity {
  const perUnit = lossOf(look, price, trigger);
  const held = look.averageEntry === null ? ZERO : lossOf(look, look.averageEntry, trigger);
  const used = multiplyDecimals(larger(held, ZERO), look.position.abs());
  const left = addDecimals(decimal(riskLimit), { units: -used.units, scale: used.scale });
  const wanted = Quantity.of(decimal(addQuantity)).min(look.left);
  if (left.units <= 0n) return Quantity.zero();
  if (perUnit.units <= 0n) return Quantity.zero();
  const { lotSize } = look.instrument;
  return Quantity.of(divideDecimals(left, perUnit, lotSize.scale, 'down'))
    .min(wanted)
    .floorToLot(lotSize);
}

const ZERO: Decimal = { units: 0n, scale: 0 };
const larger = (a: Decimal, b: Decimal): Decimal => (compareDecimals(a, b) >= 0 ? a : b);

/** Quote units a unit bought at a price loses at the trigger. */
function lossOf(look: Look, price: Price, trigger: Price): Decimal {
  const distance = addDecimals(price, { units: -trigger.units, scale: trigger.scale });
  return direction(look) > 0 ? distance : { units: -distance.units, scale: distance.scale };
}

function apart(price: Price, ratio: string, sign: number): Price {
  const { units, scale } = decimal(ratio);
  return Price.of(
    multiplyDecimals(price, addDecimals({ units: 1n, scale: 0 }, { units: BigInt(sign) * units, scale })),
  );
}
