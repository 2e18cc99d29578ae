import { z } from 'zod';
import { ORDER_TYPES, TIMES_IN_FORCE } from './order-forms.ts';
import type { InstrumentDto, ModeDto, ParamsDto, StateUpdate, TerminalState } from './state.ts';

const id = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
/** Drawn at random by the client, so that no two have the same. */
const clientId = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]{7,63}$/);
const instrumentId = z.string().regex(/^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}\.[A-Z]{1,12}\.[A-Z]{1,8}$/);
const accountId = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,47}$/);
const strategyId = accountId;
const clientOrderId = z.string().regex(/^[0-9a-f]{32}$/);
const decimal = z.string().regex(/^-?\d{1,40}(\.\d{1,18})?$/);
const reason = z.string().min(1).max(200);

const side = z.enum(['buy', 'sell']);
const executorId = z.string().regex(/^x\d{1,8}-\d{1,12}$/);
const count = z.number().int().min(1);

const stopRule = z.strictObject({
  trailingRatio: decimal.optional(),
  atr: z.strictObject({ multiple: decimal, period: count }).optional(),
  breakEvenRatio: decimal.optional(),
  closeAfterBars: count.optional(),
  closeAfterMs: count.optional(),
});
const protection = z.strictObject({
  stopTrigger: decimal,
  stopLimit: decimal,
  target: decimal.nullable(),
  stopRule: stopRule.optional(),
});
const executorParams = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('twap'),
    durationMs: count,
    slices: count,
    jitterRatio: decimal,
    limitPrice: decimal.nullable(),
  }),
  z.strictObject({ kind: z.literal('iceberg'), price: decimal, displayQuantity: decimal, jitterRatio: decimal }),
  z.strictObject({ kind: z.literal('pov'), participation: decimal, limitPrice: decimal.nullable() }),
  z.strictObject({ kind: z.literal('chase'), limitPrice: decimal.nullable(), maxRepegs: count }),
  z.strictObject({ kind: z.literal('ladder'), from: decimal, to: decimal, levels: count }),
  z.strictObject({ kind: z.literal('dca'), tranches: count, intervalMs: count, dropRatio: decimal.nullable() }),
  z.strictObject({ kind: z.literal('grid'), lower: decimal, upper: decimal, levels: count }),
  z.strictObject({
    kind: z.literal('scale'),
    parts: z
      .array(z.strictObject({ price: decimal, quantity: decimal }))
      .min(1)
      .max(100),
  }),
  z.strictObject({
    kind: z.literal('pyramid'),
    addQuantity: decimal,
    stepRatio: decimal,
    stopRatio: decimal,
    maxAdds: count,
    riskLimit: decimal,
  }),
]);

const bracket = {
  accountId,
  instrumentId,
  side: z.enum(['buy', 'sell']),
  entry: z.enum(['fok', 'resting']),
  quantity: decimal,
  limitPrice: decimal,
  stopTrigger: decimal,
  stopLimit: decimal,
  target: decimal,
};

export const commandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('emergencyStop') }),
  z.strictObject({ kind: z.literal('rearm'), to: z.enum(['reducing', 'active']), reason }),
  z.strictObject({ kind: z.literal('halt'), reason }),
  z.strictObject({ kind: z.literal('setReducing'), reason }),
  z.strictObject({ kind: z.literal('cancelOrder'), clientOrderId }),
  z.strictObject({ kind: z.literal('cancelAll'), accountId, instrumentId: instrumentId.nullable() }),
  z.strictObject({ kind: z.literal('closePosition'), accountId, instrumentId }),
  z.strictObject({
    kind: z.literal('confirmDifferences'),
    ids: z
      .array(z.string().regex(/^[0-9a-f]{32}$/))
      .min(1)
      .max(500),
  }),
  z.strictObject({
    kind: z.literal('adoptOrder'),
    accountId,
    venueOrderId: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,47}$/),
    stopTrigger: decimal.nullable(),
    stopLimit: decimal.nullable(),
  }),
  z.strictObject({
    kind: z.literal('chooseOwner'),
    accountId,
    installation: z.string().regex(/^[0-9a-f]{8}$/),
    owner: z.enum(['this', 'other']),
  }),
  z.strictObject({
    kind: z.literal('placeOrder'),
    accountId,
    instrumentId,
    side,
    type: z.enum(ORDER_TYPES),
    timeInForce: z.enum(TIMES_IN_FORCE).nullable(),
    quantity: decimal,
    price: decimal.nullable(),
    triggerPrice: decimal.nullable(),
    reduceOnly: z.boolean(),
    expiresAtUs: count.optional(),
    displayQuantity: decimal.optional(),
    trailingRatio: decimal.optional(),
    protection: protection.nullable(),
  }),
  z.strictObject({
    kind: z.literal('modifyOrder'),
    clientOrderId,
    change: z.strictObject({
      price: decimal.nullable(),
      quantity: decimal.nullable(),
      triggerPrice: decimal.nullable(),
    }),
  }),
  z.strictObject({ kind: z.literal('setStopRule'), accountId, instrumentId, rule: stopRule.nullable() }),
  z.strictObject({
    kind: z.literal('startExecutor'),
    accountId,
    instrumentId,
    side,
    quantity: decimal,
    reduceOnly: z.boolean(),
    protection: protection.nullable(),
    params: executorParams,
  }),
  z.strictObject({ kind: z.literal('pauseExecutor'), executorId }),
  z.strictObject({ kind: z.literal('resumeExecutor'), executorId }),
  z.strictObject({ kind: z.literal('stopExecutor'), executorId }),
  z.strictObject({ kind: z.literal('setStrategyEnabled'), strategyId, enabled: z.boolean() }),
  z.strictObject({ kind: z.literal('enterBracket'), ...bracket }),
  /** The same over every venue that trades the underlying, where it costs least. */
  z.strictObject({ kind: z.literal('routeBracket'), ...bracket }),
]);
export type CommandDto = z.infer<typeof commandSchema>;

export const COMMAND_ORIGINS = ['key', 'button', 'cli', 'api', 'globalShortcut', 'tray'] as const;

export const querySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('snapshot') }),
  z.strictObject({
    kind: z.literal('bars'),
    instrumentId,
    interval: z.enum(['1m', '5m', '1h']),
    limit: z.number().int().min(1).max(1000),
  }),
  /** The verdict an order would get, without sending it. */
  z.strictObject({ kind: z.literal('judgment'), command: commandSchema }),
]);
export type QueryDto = z.infer<typeof querySchema>;

/** Everything a client may say. Checked by schema at the door, whatever the transport. */
export const clientMessageSchema = z.discriminatedUnion('t', [
  /**
   * `clientId` names a client over its reconnects: a command with an id that this client gave before is not carried out
   * again, and answered as the first was. Without it the connection is the client.
   */
  z.strictObject({ t: z.literal('hello'), contractVersion: z.number().int(), clientId: clientId.optional() }),
  z.strictObject({
    t: z.literal('command'),
    id,
    origin: z.enum(COMMAND_ORIGINS),
    issuedAtUs: z.number().int().nonnegative(),
    command: commandSchema,
  }),
  z.strictObject({ t: z.literal('query'), id, query: querySchema }),
  /** Book (and trades and forming bars) of one instrument; `view` names the subscriber, so two panels can watch two. */
  z.strictObject({ t: z.literal('watch'), view: id, instrumentId, levels: z.number().int().min(1).max(50) }),
  z.strictObject({ t: z.literal('unwatch'), view: id }),
  /** The last book frame of the view was painted: the next may come. Latest wins until then. */
  z.strictObject({ t: z.literal('painted'), view: id }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export type ErrorDto = { readonly code: string; readonly params: ParamsDto };

export type BarDto = {
  readonly openTimeUs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
};

/** [ticks, lots, +1 buyer or -1 seller was the aggressor, tradedAtUs] */
export type TradeTuple = readonly [ticks: number, lots: number, aggressor: 1 | -1, tradedAtUs: number];

/** Everything the engine says, besides book frames. `sequence` counts without gaps; a gap asks for a snapshot. */
export type ServerMessage =
  | {
      readonly t: 'welcome';
      readonly contractVersion: number;
      readonly mode: ModeDto;
      /** STAND-IN where the shell is not Electron itself; empty otherwise. */
      readonly hostLabel: string;
      /** The accounts of this engine, for orders by hand; absent: those seen in orders and positions. */
      readonly accounts?: readonly string[];
      readonly instruments: readonly InstrumentDto[];
    }
  | { readonly t: 'refused'; readonly error: ErrorDto }
  | { readonly t: 'reply'; readonly id: string; readonly ok: true; readonly result: unknown }
  | { readonly t: 'reply'; readonly id: string; readonly ok: false; readonly error: ErrorDto }
  | { readonly t: 'snapshot'; readonly sequence: number; readonly state: TerminalState }
  | { readonly t: 'update'; readonly sequence: number; readonly update: StateUpdate }
  | {
      readonly t: 'trades';
      readonly view: string;
      readonly instrumentId: string;
      readonly trades: readonly TradeTuple[];
    }
  | {
      readonly t: 'bar';
      readonly view: string;
      readonly instrumentId: string;
      readonly interval: string;
      readonly closed: boolean;
      readonly bar: BarDto;
    };

/**
 * A book frame is one Float64Array: [viewIndex, instrumentIndex, updateId, ageMs, bidLevels, askLevels, then ticks and lots
 * of the bids from the best, then of the asks]. viewIndex counts the client's `watch` calls from 0; instrumentIndex is the
 * place in `welcome.instruments`. Over WebSocket it is the binary message, little-endian; over a port it is the message.
 */
export const BOOK_FRAME_HEADER = 6;
