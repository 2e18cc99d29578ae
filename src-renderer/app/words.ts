import type { ErrorDto } from '../../src-preload/contract/messages.ts';
import type { ParamsDto } from '../../src-preload/contract/state.ts';
import { formatDecimal, isDecimal } from '../ui/number-text.ts';
import { ageText } from '../ui/time-text.ts';

type Wording = { readonly title: string; readonly text: (params: ParamsDto) => string };

/** A number of the engine, or a dash where it gave none: never an invented one. */
const p = (params: ParamsDto, name: string): string => {
  const value = params[name];
  if (typeof value === 'string') return isDecimal(value) ? formatDecimal(value) : value;
  return value === undefined || value === null ? '—' : String(value);
};
/** A span that came in microseconds, as the trader reads spans. */
const ms = (params: ParamsDto, name: string): string => {
  const value = params[name];
  return typeof value === 'number' ? ageText(Math.abs(value) / 1000) : '—';
};
const marketOf = (params: ParamsDto): string => p(params, 'instrumentId').split('.')[0] ?? '—';
const w = (title: string, text: Wording['text']): Wording => ({ title, text });

/** What the trader reads for each denial code. The numbers come with the code; the words are here only. */
export const DENIAL_WORDS: Readonly<Record<string, Wording>> = {
  TRADING_STATE: w('Trading state', (x) => `${p(x, 'action')} is not allowed while ${p(x, 'tradingState')}.`),
  INSTRUMENT_UNKNOWN: w('Unknown instrument', (x) => `${p(x, 'instrumentId')} is not listed by its venue.`),
  QUANTITY_INVALID: w('Invalid quantity', (x) => `Expected a quantity above zero, was ${p(x, 'quantity')}.`),
  QUANTITY_OFF_LOT: w(
    'Quantity off lot',
    (x) => `${p(x, 'quantity')} is not a multiple of the lot ${p(x, 'lotSize')}.`,
  ),
  QUANTITY_BELOW_MINIMUM: w(
    'Below minimum quantity',
    (x) => `${p(x, 'after')} is under the minimum of ${p(x, 'limit')} ${p(x, 'unit')}.`,
  ),
  QUANTITY_ABOVE_MAXIMUM: w(
    'Above maximum quantity',
    (x) => `${p(x, 'after')} is over the maximum of ${p(x, 'limit')} ${p(x, 'unit')}.`,
  ),
  PRICE_INVALID: w('Invalid price', (x) => `Expected a price above zero, was ${p(x, 'price')}.`),
  PRICE_OFF_TICK: w('Price off tick', (x) => `${p(x, 'price')} is not a multiple of the tick ${p(x, 'tickSize')}.`),
  NOTIONAL_BELOW_MINIMUM: w(
    'Below minimum notional',
    (x) => `${p(x, 'after')} is under the minimum of ${p(x, 'limit')} ${p(x, 'unit')}.`,
  ),
  ORDER_NOTIONAL_LIMIT: w(
    'Order notional limit',
    (x) => `${p(x, 'after')} against a limit of ${p(x, 'limit')} ${p(x, 'unit')}.`,
  ),
  POSITION_NOTIONAL_LIMIT: w(
    'Position notional limit',
    (x) => `${p(x, 'after')} after the order, limit ${p(x, 'limit')} ${p(x, 'unit')}.`,
  ),
  PRICE_COLLAR: w(
    'Price collar',
    (x) => `${p(x, 'limitPrice')} is ${p(x, 'after')} away from the median ${p(x, 'median')}, limit ${p(x, 'limit')}.`,
  ),
  PRICE_BAND: w('Price band', (x) => `${p(x, 'after')} is beyond the venue band of ${p(x, 'limit')} ${p(x, 'unit')}.`),
  PRICE_REFERENCE_STALE: w(
    'Reference price stale',
    (x) => `${p(x, 'fresh')} of ${p(x, 'required')} fresh prices needed, none older than ${p(x, 'maxAgeMs')} ms.`,
  ),
  ORDER_SLOTS_RESERVED: w(
    'Order slots reserved',
    (x) => `${p(x, 'after')} after the order, limit ${p(x, 'limit')}: the others stay free for stops and exits.`,
  ),
  MARGIN_INSUFFICIENT: w(
    'Free margin is insufficient',
    (x) => `At ${p(x, 'leverage')} times the order needs ${p(x, 'after')} ${p(x, 'unit')}, free ${p(x, 'limit')}.`,
  ),
  BALANCE_INSUFFICIENT: w(
    'Balance insufficient',
    (x) => `Needs ${p(x, 'after')} ${p(x, 'unit')}, free ${p(x, 'limit')}.`,
  ),
  BRACKET_INVALID: w('Bracket invalid', (x) =>
    x['position'] === undefined
      ? `Stop, entry and target are not in order: ${p(x, 'stopTrigger')}, ${p(x, 'limitPrice')}, ${p(x, 'target')}.`
      : `Against the position of ${p(x, 'position')}, working orders included: only a closing order goes this way.`,
  ),
  OUTCOME_UNKNOWN: w(
    'Outcome unknown',
    (x) => `${marketOf(x)}: an earlier command is unproven and counts as its worst case.`,
  ),
  PROTECTION_UNAVAILABLE: w(
    'Protection',
    () => 'This order protects a position, or its protection cannot rest at the venue.',
  ),
  REDUCES_NOTHING: w('Reduces nothing', () => 'There is no position for this order to reduce.'),
  COMMAND_EXPIRED: w('Command expired', (x) => `It came ${p(x, 'lateMs')} ms too late to act on.`),
  COMMAND_REPLAYED: w('Command replayed', () => 'The same command was already carried out once.'),
  COMMAND_NOT_PERMITTED: w('Not permitted', (x) => `The role ${p(x, 'role')} may not do this.`),
  REASON_REQUIRED: w('Reason required', (x) => `At least ${p(x, 'minimum')} characters.`),
  STEP_UP_REQUIRED: w('Code required', () => 'In live mode this needs the code of your authenticator.'),
  STATE_CHANGE_ILLEGAL: w('State change not allowed', (x) => `From ${p(x, 'from')} to ${p(x, 'to')}.`),
  ORDER_UNKNOWN: w('Unknown order', (x) => `No order ${p(x, 'clientOrderId')} in the engine.`),
  ORDER_TYPE_UNSUPPORTED: w('Order type', (x) => `${marketOf(x)}: its venue has no ${p(x, 'type')} order.`),
  ORDER_NOT_EDITABLE: w('Not editable', (x) => `This ${p(x, 'role')} cannot be changed.`),
  PROTECTION_REQUIRED: w('Stop required', () => 'An order that opens a position needs a stop.'),
  EXPIRY_INVALID: w('Expiry', () => 'A good-till-date order needs an end in the future, and no other order has one.'),
  STOP_RULE_INVALID: w('Stop rule', () => 'Expected fractions between 0 and 1 and whole counts above zero.'),
  EXECUTOR_UNKNOWN: w('Unknown executor', (x) => `No executor ${p(x, 'executorId')}.`),
  EXECUTOR_INVALID: w('Executor', (x) => `${p(x, 'field')} cannot be used.`),
  POSITION_UNKNOWN: w('Unknown position', (x) => `No position in ${marketOf(x)}.`),
  STRATEGY_UNKNOWN: w('Unknown strategy', (x) => `No strategy ${p(x, 'strategyId')}.`),
  FEED_NOT_LIVE: w('Feed not live', (x) => `The book of ${marketOf(x)} is not live.`),
  VENUE_NOT_READY: w('Venue not ready', (x) => `${p(x, 'venue')} is not ready.`),
  ACCOUNT_SHARED: w(
    'Account shared',
    (x) =>
      `Leeward installation ${p(x, 'installation')} trades account ${p(x, 'accountId')} too: choose the owner first.`,
  ),
  ORDER_PARTLY_FILLED: w('Filled in part', (x) => `${marketOf(x)}: an order that traded already is not adopted.`),
  INSTALLATION_UNKNOWN: w(
    'Unknown installation',
    (x) => `No Leeward installation ${p(x, 'installation')} was seen on account ${p(x, 'accountId')}.`,
  ),
  CLOCK_UNTRUSTED: w(
    'Clock not trusted',
    (x) => `The venue's clock is ${p(x, 'after')} ms away from ours, limit ${p(x, 'limit')} ms.`,
  ),
  VENUE_SILENT: w(
    'Venue silent',
    (x) => `${p(x, 'venue')} says nothing, or spoke too short a time to be trusted again.`,
  ),
  PRICE_CROSS_VENUE: w(
    'Cross-venue price',
    (x) =>
      `${p(x, 'own')} here, ${p(x, 'other')} at ${p(x, 'instrumentId')}: ${p(x, 'after')} apart, limit ${p(x, 'limit')}.`,
  ),
  ROUTE_UNAVAILABLE: w('No route', (x) => `No venue can take ${p(x, 'quantity')} of ${marketOf(x)} at this price.`),
  BREAKER_OPEN: w(
    'Venue breaker open',
    (x) =>
      `${p(x, 'endpoint')} requests: ${p(x, 'failures')} failed, ${p(x, 'slowAnswers')} slow in a row. No entries until one answers well.`,
  ),
  ORDER_RATE_LIMIT: w('Order rate', (x) => `${p(x, 'after')} entries within a minute, limit ${p(x, 'limit')}.`),
  SIGNAL_DUPLICATE: w('Duplicate signal', (x) => `${marketOf(x)}: this bar already gave an entry to this side.`),
  DIFFERENCES_OPEN: w(
    'Differences open',
    (x) => `${p(x, 'open')} differences between our books and the venue wait to be confirmed.`,
  ),
  RECONCILIATION_PENDING: w(
    'Not compared yet',
    (x) => `Account ${p(x, 'accountId')}: the venue was not yet heard about ${p(x, 'orders')} orders.`,
  ),
  DIFFERENCE_UNKNOWN: w('Unknown difference', () => 'It is not open any more, or it changed since it was shown.'),
  CONVERSION_RATE_MISSING: w('Conversion rate missing', (x) => `No rate from ${p(x, 'from')} to ${p(x, 'to')}.`),
};

export const ALERT_WORDS: Readonly<Record<string, Wording>> = {
  EMERGENCY_STOP: w('Emergency stop', (x) => `By ${p(x, 'source')}. Pinned until re-armed.`),
  TRADING_STATE_CHANGED: w('Trading state', (x) => `${p(x, 'from')} to ${p(x, 'to')}: ${reasonText(p(x, 'reason'))}.`),
  ORDER_DENIED: w('Denied', (x) => `${p(x, 'denial')}, ${marketOf(x)}.`),
  ORDER_REJECTED: w(
    'Rejected by the venue',
    (x) => `${marketOf(x)} ${p(x, 'role')}: ${p(x, 'message')} (${p(x, 'venueCode')}).`,
  ),
  OUTCOME_UNKNOWN: w(
    'Outcome unknown',
    (x) => `${marketOf(x)} ${p(x, 'command')}: answer lost. Counted as its worst case.`,
  ),
  OUTCOME_RESOLVED: w(
    'Outcome resolved',
    (x) => `${marketOf(x)} ${p(x, 'role')}: the order ${x['exists'] === true ? 'exists' : 'is not'} at the venue.`,
  ),
  OUTCOME_UNRESOLVED: w(
    'Outcome stays unknown',
    (x) =>
      `${marketOf(x)} ${p(x, 'role')}: no proof after ${p(x, 'seconds')} s. Trading is halted; look at the venue's own page.`,
  ),
  POSITION_UNPROTECTED: w(
    'Position unprotected',
    (x) =>
      `${marketOf(x)}: ${p(x, 'quantity')} without a live stop, attempt ${p(x, 'attempts')}: ${spaced(p(x, 'action')).toLowerCase()}.`,
  ),
  LEG_REFUSED: w(
    'Leg refused',
    (x) => `${marketOf(x)} ${p(x, 'role')}: refused when it should have been placed. Escalated.`,
  ),
  STOP_ESCALATED: w(
    'Stop escalated',
    (x) => `${marketOf(x)}: the limit after the trigger did not fill, exit at market.`,
  ),
  FEED_STALE: w('Feed stale', (x) => `${marketOf(x)}: ${p(x, 'state')}, age ${ms(x, 'ageUs')}.`),
  BREAKER_OPENED: w(
    'Venue breaker open',
    (x) =>
      `${p(x, 'accountId')} ${p(x, 'endpoint')} requests: ${p(x, 'failures')} failed, ${p(x, 'slowAnswers')} slow in a row.`,
  ),
  BREAKER_CLOSED: w('Venue breaker closed', (x) => `${p(x, 'accountId')} ${p(x, 'endpoint')} requests answer again.`),
  VENUE_SILENT: w(
    'Venue silent',
    (x) => `${p(x, 'venue')}: nothing heard for ${ms(x, 'silentUs')}. Policy: ${spaced(p(x, 'policy')).toLowerCase()}.`,
  ),
  VENUE_RETURNED: w('Venue returned', (x) => `${p(x, 'venue')} is used again after ${ms(x, 'awayUs')}.`),
  VENUE_DOWN: w('Venue down', (x) => `${p(x, 'accountId')} ${p(x, 'state')}: ${p(x, 'detail')}.`),
  STORE_FAILED: w('Journal failed', (x) => `${p(x, 'detail')}. Nothing is sent that is not written.`),
  GUARDIAN_LOST: w('Guardian lost', (x) => `${p(x, 'state')} ${p(x, 'detail')}. Entries stop at once.`),
  COMPONENT_DEGRADED: w(
    'Not working as it should',
    (x) => `${p(x, 'component')} is ${p(x, 'state')}: ${p(x, 'detail')}.`,
  ),
  WORKER_DOWN: w('Worker down', (x) => `${p(x, 'component')} ${p(x, 'state')} ${p(x, 'detail')}.`),
  CLOCK_STEPPED: w('Clock stepped', (x) => `By ${ms(x, 'stepUs')}.`),
  FOREIGN_ORDER: w(
    'Foreign order',
    (x) => `${marketOf(x)} ${p(x, 'side')} ${p(x, 'quantity')}: placed outside Leeward. Shown, never touched.`,
  ),
  OTHER_INSTALLATION: w(
    'Another Leeward',
    (x) =>
      `Installation ${p(x, 'installation')} trades account ${p(x, 'accountId')}. Entries are blocked: choose the owner.`,
  ),
  DIFFERENCES_OPEN: w(
    'Differences open',
    (x) => `Account ${p(x, 'accountId')}: ${p(x, 'open')} differences from the venue wait to be confirmed.`,
  ),
  POSITION_DIFFERS: w(
    'Position differs',
    (x) =>
      `${marketOf(x)}: believed ${p(x, 'believed')}, the venue holds ${p(x, 'venue')}. Nothing is booked by itself.`,
  ),
  POSITION_FORCED: w(
    'Closed by the venue',
    (x) =>
      `${marketOf(x)}: ${p(x, 'cause')}, ${p(x, 'side')} ${p(x, 'quantity')} at ${p(x, 'price')}. Booked; trading is halted.`,
  ),
  LATE_FILL: w('Late fill', (x) => `${marketOf(x)} ${p(x, 'role')}: filled after the order had ended. Applied.`),
  DRIFT: w('Drift', (x) => `${p(x, 'strategyId')}: ${p(x, 'feature')} PSI ${p(x, 'psi')}.`),
  RECONCILED: w('Reconciled', (x) => `${marketOf(x)} ${p(x, 'role')}: found at the venue and taken over.`),
  INVARIANT_BROKEN: w('Invariant broken', (x) => `${p(x, 'message')}. The engine is halted.`),
};

/** Codes of the line itself, which the engine's registries do not hold. */
const LINE_WORDS: Readonly<Record<string, Wording>> = {
  CONTRACT_VERSION: w(
    'Version refused',
    (x) => `Expected contract ${p(x, 'expected')}, was ${p(x, 'actual')}. Reload this page.`,
  ),
};

const shown = (params: ParamsDto): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${value === null ? '—' : String(value)}`)
    .join(', ');

/** Words with a hole say less than the bare numbers: then the numbers are listed as they came. */
function textOf(wording: Wording, params: ParamsDto): string {
  const text = wording.text(params);
  return text.includes('—') && Object.keys(params).length > 0 ? shown(params) : text;
}

/** An unknown code is shown as it came: a new engine may know more codes than this window. */
const wordingOf = (words: Readonly<Record<string, Wording>>, code: string): Wording =>
  words[code] ?? w(code, (params) => shown(params));

export const denialTitle = (code: string): string => wordingOf(DENIAL_WORDS, code).title;
export const denialText = (code: string, params: ParamsDto): string => textOf(wordingOf(DENIAL_WORDS, code), params);
export const alertTitle = (code: string): string => wordingOf(ALERT_WORDS, code).title;
export const alertText = (code: string, params: ParamsDto): string => textOf(wordingOf(ALERT_WORDS, code), params);

export const wordsOfError = (error: ErrorDto): string => {
  const wording = wordingOf({ ...DENIAL_WORDS, ...LINE_WORDS }, error.code);
  return `${wording.title}: ${textOf(wording, error.params)}`;
};

/** Names of limits and checks; an unknown one is shown as the engine wrote it. */
const LIMIT_NAMES: Readonly<Record<string, string>> = {
  dayLoss: 'Day loss',
  orderNotional: 'Order notional',
  positionNotional: 'Position notional',
  grossNotional: 'Gross notional',
  orderSlots: 'Order slots',
  algoOrders: 'Stop order slots',
  tradingState: 'Trading state',
  priceCollar: 'Price collar',
  priceReference: 'Reference price',
  protection: 'Protection',
};

const spaced = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
export const limitTitle = (name: string): string => LIMIT_NAMES[name] ?? spaced(name);

/** Reasons the engine gives as codes read as words; a trader's own reason stays as it was typed. */
export const reasonText = (reason: string): string =>
  /^[A-Z][A-Z_]+$/.test(reason) ? reason.toLowerCase().replaceAll('_', ' ') : reason;

const ORDER_TYPES: Readonly<Record<string, string>> = {
  limit: 'Limit',
  limitMaker: 'Post-only',
  market: 'Market',
  stopLimit: 'Stop limit',
  stopMarket: 'Stop market',
  takeProfitLimit: 'TP limit',
  takeProfitMarket: 'TP market',
};
export const orderTypeText = (type: string): string => ORDER_TYPES[type] ?? spaced(type);
export const statusText = (status: string): string => spaced(status).toLowerCase();
export const sideText = (side: 'buy' | 'sell'): string => (side === 'buy' ? 'Buy' : 'Sell');

const RESOLUTION_WORDS: Readonly<Record<string, string>> = {
  exists: 'order exists',
  neverExisted: 'never existed',
  gone: 'order ended',
  stillOpen: 'still open',
  changed: 'changed',
  unchanged: 'not changed',
};

const EXECUTOR_KINDS: Readonly<Record<string, string>> = {
  twap: 'TWAP',
  pov: 'POV',
  dca: 'DCA',
};
export const executorText = (kind: string): string => EXECUTOR_KINDS[kind] ?? spaced(kind);

const EXECUTOR_REASONS: Readonly<Record<string, string>> = {
  COMMAND: 'by hand',
  TRADING_STATE: 'not active',
  POSITION_CLOSING: 'position closed',
  EMERGENCY_STOP: 'emergency',
  RESTARTED: 'restart',
  INCOMPLETE: 'not all filled',
};
/** Why a parent order does not work; the code of a denial in its words. */
export const executorReasonText = (reason: string): string => EXECUTOR_REASONS[reason] ?? reasonText(reason);

/** What became of a command of unknown outcome. */
export const resolutionText = (resolution: string): string => RESOLUTION_WORDS[resolution] ?? resolution;

/** What the venue said about an order; a status is its own word. */
export const answerText = (answer: string): string =>
  answer === 'absent' ? 'no such order' : answer === 'failed' ? 'no answer' : answer;
