import { compareDecimals, decimal, formatDecimal, rescale } from '../../../engine/domain/decimal.ts';
import type { Balance } from '../../../engine/domain/events.ts';
import type { AccountId, InstrumentId } from '../../../engine/domain/identifiers.ts';
import type { VenueEvent } from '../../../engine/ports/venue-gateway.ts';
import type { ClientIdIndex } from '../client-id-index.ts';
import type { ReadEvent } from '../private-events.ts';
import type { ConditionalIndex } from './conditional-index.ts';
import { fillOfUpdate, reportOfAlgoUpdate, reportOfUpdate } from './usdm-reports.ts';
import { accountUpdate, algoUpdate, orderTradeUpdate } from './usdm-wire.ts';

export type UsdmEventScope = {
  readonly accountId: AccountId;
  readonly instrumentOf: (venueSymbol: string) => InstrumentId | undefined;
  readonly clientIds: ClientIdIndex;
  readonly conditionals: ConditionalIndex;
  /** Margin in use as the last look told it: the stream tells wallets only. */
  readonly lockedOf: (asset: string) => string;
};

/** What an event of the private stream means to the engine. */
export function readUsdmEvent(message: unknown, scope: UsdmEventScope): ReadEvent {
  switch ((message as { e?: unknown } | null)?.e) {
    case 'ORDER_TRADE_UPDATE':
      return readOrder(message, scope);
    case 'ALGO_UPDATE':
      return readAlgo(message, scope);
    case 'ACCOUNT_UPDATE':
      return readAccount(message, scope);
    default:
      return { kind: 'ignored' };
  }
}

/** The trade goes before the report: the report's filled quantity already counts it. */
function readOrder(message: unknown, scope: UsdmEventScope): ReadEvent {
  const parsed = orderTradeUpdate.safeParse(message);
  if (!parsed.success) return unreadable('ORDER_TRADE_UPDATE', parsed.error.issues[0]?.path);
  const { s, i, c } = parsed.data.o;
  const instrumentId = scope.instrumentOf(s);
  if (instrumentId === undefined) return { kind: 'unreadable', detail: `unlisted symbol ${s}` };
  const place = { accountId: scope.accountId, instrumentId };
  scope.clientIds.remember(s, i, c);
  const report = reportOfUpdate(parsed.data, place, scope.conditionals.of(c));
  const fill = fillOfUpdate(parsed.data, place);
  const events: VenueEvent[] = [{ kind: 'report', report }];
  if (fill !== null) events.unshift({ kind: 'fill', fill });
  return { kind: 'read', venueSymbol: s, events };
}

function readAlgo(message: unknown, scope: UsdmEventScope): ReadEvent {
  const parsed = algoUpdate.safeParse(message);
  if (!parsed.success) return unreadable('ALGO_UPDATE', parsed.error.issues[0]?.path);
  const { s, caid, o, p, tp } = parsed.data.o;
  const instrumentId = scope.instrumentOf(s);
  if (instrumentId === undefined) return { kind: 'unreadable', detail: `unlisted symbol ${s}` };
  scope.conditionals.remember({ clientAlgoId: caid, orderType: o, price: p, triggerPrice: tp });
  const report = reportOfAlgoUpdate(parsed.data, { accountId: scope.accountId, instrumentId });
  return { kind: 'read', venueSymbol: s, events: report === null ? [] : [{ kind: 'report', report }] };
}

function readAccount(message: unknown, scope: UsdmEventScope): ReadEvent {
  const parsed = accountUpdate.safeParse(message);
  if (!parsed.success) return unreadable('ACCOUNT_UPDATE', parsed.error.issues[0]?.path);
  const balances = parsed.data.a.B.map(({ a, wb }) => balanceOf(a, wb, scope.lockedOf(a)));
  const isFunding = parsed.data.a.m === 'FUNDING_FEE';
  return {
    kind: 'read',
    venueSymbol: null,
    events: [{ kind: 'balances', balances }],
    ...(isFunding ? { isCharged: true } : {}),
  };
}

const SCALE = 8;

/** Splits a wallet into what is free and what the last look saw in use. */
function balanceOf(asset: string, walletText: string, lockedText: string): Balance {
  const wallet = rescale(decimal(walletText), SCALE, 'down');
  const locked = rescale(decimal(lockedText), SCALE, 'down');
  if (compareDecimals(locked, wallet) >= 0) return { asset, free: '0', locked: walletText };
  return { asset, free: formatDecimal({ units: wallet.units - locked.units, scale: SCALE }), locked: lockedText };
}

function unreadable(kind: string, path: readonly PropertyKey[] | undefined): ReadEvent {
  return { kind: 'unreadable', detail: `${kind} not as documented at ${(path ?? []).map(String).join('.')}` };
}
