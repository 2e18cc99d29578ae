import type { CommandDto } from '../../../src-preload/contract/messages.ts';
import type { InstrumentDto } from '../../../src-preload/contract/state.ts';
import { decimal } from '../../engine/domain/decimal.ts';
import { Price, Quantity } from '../../engine/domain/quantities.ts';

type Start = Extract<CommandDto, { readonly kind: 'startExecutor' }>;
type Place = Extract<CommandDto, { readonly kind: 'placeOrder' }>;
export type RehearsalCommand = Start | Place | Extract<CommandDto, { readonly kind: 'enterBracket' }>;

/** Worth of each order in the quote asset. Of an entry near the price only parts fill, and rest a stop of their own. */
const NOTIONAL = 200;
const NEAR_NOTIONAL = 4_000;
const LONG_MS = 3_600_000;

/** One market of a drill: where it is, and what it costs there. */
export type RehearsalMarket = {
  readonly instrument: InstrumentDto;
  readonly last: string;
  /** The accounts that trade it, in order. */
  readonly accounts: readonly string[];
  /** Its place among the markets of its venue and product: positions, orders and executors go by turns. */
  readonly turn: number;
};

/**
 * A position with its stop and target in one account; in the next (the same where there is but one) an order that rests, of
 * every type by turns, and an executor at work, of every kind by turns.
 */
export function rehearsalOrders(market: RehearsalMarket): readonly RehearsalCommand[] {
  const { accounts, turn } = market;
  const [first = '', second = first] = turned(accounts, turn);
  const scale = new Scale(market);
  const entry = RESTING[turn % RESTING.length];
  const executor = EXECUTORS[turn % EXECUTORS.length];
  return [
    scale.bracket(first, 'fok', NOTIONAL, 1.004),
    ...(entry === undefined ? [] : [entry(scale, second)]),
    ...(executor === undefined ? [] : [scale.executor(second, executor(scale))]),
  ];
}

const turned = <T>(list: readonly T[], by: number): readonly T[] => {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
};

/** Where one may sell what one has not. */
const SHORTABLE: readonly string[] = ['MARGIN', 'USDM'];

/** Prices and sizes of one market around its last price, those of a short mirrored. */
class Scale {
  private readonly market: RehearsalMarket;
  private readonly side: 'buy' | 'sell';
  private readonly last: Price;
  private readonly tick: Price;

  constructor(market: RehearsalMarket) {
    this.market = market;
    this.side = SHORTABLE.includes(market.instrument.product) && market.turn % 2 === 1 ? 'sell' : 'buy';
    this.last = Price.of(decimal(market.last));
    this.tick = Price.of(decimal(market.instrument.tickSize));
  }

  /** `ratio`: of the last price for a long. */
  at(ratio: number): string {
    const factor = this.side === 'buy' ? ratio : 2 - ratio;
    return this.last
      .scaledBy(decimal(factor.toFixed(4)), 'down')
      .roundToTick(this.tick, 'down')
      .toString();
  }

  /** Whole lots worth so much. */
  worth(notional: number): string {
    return Quantity.of(decimal((notional / this.last.toNumberLossy()).toFixed(8)))
      .floorToLot(Quantity.of(decimal(this.market.instrument.lotSize)))
      .toString();
  }

  protection(): NonNullable<Place['protection']> {
    return { stopTrigger: this.at(0.97), stopLimit: this.at(0.965), target: null };
  }

  bracket(accountId: string, entry: 'fok' | 'resting', notional: number, ratio: number): RehearsalCommand {
    const { stopLimit, stopTrigger } = this.protection();
    return {
      ...{ kind: 'enterBracket', ...this.owner(accountId), side: this.side, entry, quantity: this.worth(notional) },
      ...{ limitPrice: this.at(ratio), stopTrigger, stopLimit, target: this.at(1.05) },
    };
  }

  order(accountId: string, fields: Pick<Place, 'type'> & Partial<Place>): RehearsalCommand {
    return {
      ...{ kind: 'placeOrder', ...this.owner(accountId), side: this.side, quantity: this.worth(NOTIONAL) },
      ...{ timeInForce: 'gtc', price: null, triggerPrice: null, reduceOnly: false, protection: this.protection() },
      ...fields,
    };
  }

  executor(accountId: string, params: Start['params']): RehearsalCommand {
    return {
      ...{ kind: 'startExecutor', ...this.owner(accountId), side: this.side, quantity: this.worth(NOTIONAL * 3) },
      ...{ reduceOnly: false, protection: this.protection(), params },
    };
  }

  private owner(accountId: string) {
    return { accountId, instrumentId: this.market.instrument.instrumentId };
  }
}

/** Below the market where it waits for a fall, above it where for a rise, and near it, where parts fill. */
const RESTING: readonly ((scale: Scale, account: string) => RehearsalCommand)[] = [
  (scale, account) => scale.bracket(account, 'resting', NEAR_NOTIONAL, 0.9998),
  (scale, account) => scale.order(account, { type: 'limit', price: scale.at(0.985) }),
  (scale, account) =>
    scale.order(account, { type: 'stopLimit', triggerPrice: scale.at(1.012), price: scale.at(1.014) }),
  (scale, account) => scale.order(account, { type: 'stopMarket', timeInForce: null, triggerPrice: scale.at(1.012) }),
  (scale, account) =>
    scale.order(account, { type: 'takeProfitLimit', triggerPrice: scale.at(0.988), price: scale.at(0.987) }),
  (scale, account) => scale.bracket(account, 'resting', NOTIONAL, 0.985),
];

const EXECUTORS: readonly ((scale: Scale) => Start['params'])[] = [
  () => ({ kind: 'twap', durationMs: LONG_MS, slices: 3, jitterRatio: '0', limitPrice: null }),
  (scale) => ({
    ...{ kind: 'iceberg', price: scale.at(0.985), displayQuantity: scale.worth(NOTIONAL), jitterRatio: '0' },
  }),
  () => ({ kind: 'pov', participation: '0.01', limitPrice: null }),
  (scale) => ({ kind: 'chase', limitPrice: scale.at(0.985), maxRepegs: 1_000 }),
  (scale) => ({ kind: 'ladder', from: scale.at(0.99), to: scale.at(0.985), levels: 3 }),
  () => ({ kind: 'dca', tranches: 3, intervalMs: LONG_MS, dropRatio: null }),
  (scale) => ({ kind: 'grid', lower: scale.at(0.985), upper: scale.at(0.995), levels: 3 }),
  (scale) => ({
    kind: 'scale',
    parts: [{ price: scale.at(0.98), quantity: scale.worth(NOTIONAL) }],
  }),
  (scale) => ({
    ...{ kind: 'pyramid', addQuantity: scale.worth(NOTIONAL), stepRatio: '0.05', stopRatio: '0.03', maxAdds: 2 },
    riskLimit: '100',
  }),
];
