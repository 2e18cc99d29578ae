import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import { addDecimals, compareDecimals, decimal, type DecimalText, parseDecimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import type { Bar } from '../domain/market.ts';
import { Price } from '../domain/quantities.ts';
import type { StopRule } from '../domain/stop-rule.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { priceOf, quantityOf } from './amounts.ts';
import { isFlat } from './coverage.ts';
import { exposureKey, listedInstrument, type Exposure, type StopFollow, type Turn } from './execution-state.ts';
import { startFlattening } from './flattening.ts';
import { moveStop } from './stop-replacement.ts';
import { limitAt } from './submissions.ts';

const US_PER_MS = 1_000;
/** Gapless moves follow each price, but no more often. */
const MIN_MOVE_US = 1_000_000;

/** Ratios between 0 and 1, whole periods and times above zero, at least one part. */
export function isStopRule(rule: StopRule): boolean {
  const { trailingRatio, atr, breakEvenRatio, closeAfterBars, closeAfterMs } = rule;
  const ratios = [trailingRatio, breakEvenRatio].filter((ratio) => ratio !== undefined);
  const counts = [closeAfterBars, closeAfterMs, atr?.period].filter((value) => value !== undefined);
  const isMultiple = atr === undefined || isBetween(atr.multiple, '1000');
  return (
    ratios.length + counts.length > 0 &&
    isMultiple &&
    ratios.every((ratio) => isBetween(ratio, '1')) &&
    counts.every((value) => Number.isSafeInteger(value) && value > 0)
  );
}

function isBetween(text: unknown, limit: DecimalText): boolean {
  const parsed = typeof text === 'string' ? parseDecimal(text) : undefined;
  return parsed?.ok === true && parsed.value.units > 0n && compareDecimals(parsed.value, decimal(limit)) < 0;
}

/** Lets stops on an instrument follow a price, and a closed bar where there is one. Stops only ever tighten. */
export function followMarket(turn: Turn, id: InstrumentId, price: DecimalText | null, bar: Bar | null): void {
  for (const { accountId } of turn.state.accounts) {
    const exposure = turn.state.exposures.get(exposureKey(accountId, id));
    if (exposure === undefined || exposure.plan === null || isFlat(turn.state, exposure)) continue;
    let follow = exposure.follow ?? null;
    if (follow === null) continue;
    if (bar !== null) follow = withBar(follow, bar);
    const level = bar?.close ?? price;
    if (level === null) continue;
    follow = { ...follow, best: better(exposure, follow.best, level) };
    exposure.follow = follow;
    if (isOver(turn, follow)) startFlattening(turn, exposure, { by: 'stopRule' });
    else if (mayMove(turn, exposure, follow, bar !== null)) tighten(turn, exposure, follow, level);
  }
}

/** Wilder's smoothing, seeded with the mean of the first `period` ranges. */
function withBar(follow: StopFollow, bar: Bar): StopFollow {
  const { previousClose, count, mean } = follow.trueRange;
  const period = follow.rule.atr?.period ?? 1;
  const [high, low, close] = [Number(bar.high), Number(bar.low), Number(bar.close)];
  const bars = follow.bars + 1;
  if (previousClose === null) return { ...follow, bars, trueRange: { previousClose: close, count, mean } };
  const range = Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose));
  const weight = Math.min(count + 1, period);
  const next = ((mean ?? 0) * (weight - 1) + range) / weight;
  return { ...follow, bars, trueRange: { previousClose: close, count: count + 1, mean: next } };
}

const direction = (exposure: Exposure): 1 | -1 => (quantityOf(exposure.quantity).isNegative ? -1 : 1);

function better(exposure: Exposure, a: DecimalText, b: DecimalText): DecimalText {
  return compareDecimals(decimal(b), decimal(a)) * direction(exposure) > 0 ? b : a;
}

function isOver(turn: Turn, { rule, bars, sinceUs }: StopFollow): boolean {
  if (rule.closeAfterBars !== undefined && bars >= rule.closeAfterBars) return true;
  return rule.closeAfterMs !== undefined && turn.timeUs - sinceUs >= rule.closeAfterMs * US_PER_MS;
}

/** Where a replacement opens a gap, only closed bars move a stop. */
function mayMove(turn: Turn, exposure: Exposure, { movedAtUs }: StopFollow, isBar: boolean): boolean {
  if (exposure.flattening !== null || (exposure.restop ?? null) !== null) return false;
  if (!ALLOWED[turn.state.tradingState].stopReplace) return false;
  const { modifyConditional, twoStops } = capabilitiesOfInstrument(exposure.instrumentId);
  return isBar || ((modifyConditional || twoStops) && turn.timeUs - movedAtUs >= MIN_MOVE_US);
}

function tighten(turn: Turn, exposure: Exposure, follow: StopFollow, level: DecimalText): void {
  const { plan } = exposure;
  if (plan === null) return;
  const trigger = wantedTrigger(turn, exposure, follow);
  const side = direction(exposure);
  const { tickSize } = listedInstrument(turn.state, exposure.instrumentId);
  if (trigger === null || trigger.compare(priceOf(plan.stopTrigger)) * side <= 0) return;
  // Within a tick of the market it would trigger at once, or be refused.
  if (shifted(trigger, side, tickSize).compare(priceOf(level)) * side >= 0) return;
  exposure.follow = { ...follow, movedAtUs: turn.timeUs };
  moveStop(turn, exposure, { stopTrigger: trigger.toString(), stopLimit: limitAt(trigger, plan) });
}

const shifted = (price: Price, ticks: number, tick: Price): Price =>
  Price.of(addDecimals(price, { units: BigInt(ticks) * tick.units, scale: tick.scale }));

/** The tightest of what the parts of the rule ask for, on a tick, rounded away from the market; null when none does. */
function wantedTrigger(turn: Turn, exposure: Exposure, follow: StopFollow): Price | null {
  const side = direction(exposure);
  const { tickSize } = listedInstrument(turn.state, exposure.instrumentId);
  const { rule, best, entryPrice, trueRange } = follow;
  const wanted: Price[] = [];
  const rounded = (price: Price): Price => price.roundToTick(tickSize, side > 0 ? 'down' : 'up');
  if (rule.trailingRatio !== undefined) wanted.push(rounded(apart(best, rule.trailingRatio, -side)));
  if (rule.atr !== undefined && trueRange.mean !== null && trueRange.count >= rule.atr.period) {
    const ticks = Math.ceil((trueRange.mean * Number(rule.atr.multiple)) / tickSize.toNumberLossy());
    if (Number.isSafeInteger(ticks)) wanted.push(rounded(shifted(priceOf(best), -side * Math.max(ticks, 1), tickSize)));
  }
  if (rule.breakEvenRatio !== undefined) {
    const gained = apart(entryPrice, rule.breakEvenRatio, side);
    if (priceOf(best).compare(gained) * side >= 0) wanted.push(rounded(priceOf(entryPrice)));
  }
  const usable = wanted.filter((price) => price.isPositive);
  return usable.reduce<Price | null>((a, b) => (a === null || b.compare(a) * side > 0 ? b : a), null);
}

/** The price moved up or down by a fraction of itself, with four more digits than the fraction and the price have. */
function apart(price: DecimalText, ratio: DecimalText, sign: number): Price {
  const { units, scale } = decimal(ratio);
  const factor = addDecimals({ units: 1n, scale: 0 }, { units: BigInt(Math.sign(sign)) * units, scale });
  const base = decimal(price);
  return Price.of({ units: base.units * factor.units, scale: base.scale + factor.scale });
}
