import {
  decimal,
  type DecimalText,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
} from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { type InstrumentId, instrumentId, parseInstrumentId, type Product } from '../../engine/domain/identifiers.ts';
import type { ClientTier } from './venue-counters.ts';
import { TIER_LIMITS } from './venue-counters.ts';
import type { PairInfo } from './wire-schemas.ts';

/** Kraken's old short names of assets and what everyone else calls them. */
const USUAL_NAMES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };
/** Fees of a new account, assumed while the venue states none. */
const HIGHEST_FEES = { maker: '0.0025', taker: '0.004' } as const;
/** The venue states no largest size. */
const MAX_QUANTITY: DecimalText = '1000000000';

export type KnownPair = {
  /** For REST, such as XBTUSDT. */
  readonly key: string;
  /** For WebSocket v2, such as BTC/USDT. */
  readonly v2Name: string;
  readonly id: InstrumentId;
  readonly quote: string;
  readonly info: PairInfo;
};

/** All pairs of the venue under each name it uses for them. */
export class PairMap {
  readonly all: readonly KnownPair[];
  private readonly byName = new Map<string, KnownPair>();
  private readonly byId = new Map<InstrumentId, KnownPair>();
  private readonly assets: ReadonlyMap<string, string>;

  /** `assets`: short names by the id of REST, such as XXBT to XBT. */
  constructor(pairs: Readonly<Record<string, PairInfo>>, assets: ReadonlyMap<string, string>, product: Product) {
    this.assets = assets;
    this.all = Object.entries(pairs).flatMap(([key, info]) => this.known(key, info, product));
    for (const pair of this.all) {
      for (const name of [pair.key, pair.info.altname, pair.v2Name]) this.byName.set(name, pair);
      this.byId.set(pair.id, pair);
    }
  }

  named(name: string): KnownPair | undefined {
    return this.byName.get(name);
  }

  /** Throws on an instrument this venue does not list. */
  of(id: InstrumentId): KnownPair {
    const pair = this.byId.get(id);
    if (pair === undefined) throw new RangeError(`expected an instrument listed by the venue, was ${id}`);
    return pair;
  }

  /** BTC for XXBT. */
  asset(id: string): string {
    const short = this.assets.get(id) ?? id;
    return USUAL_NAMES[short] ?? short;
  }

  private known(key: string, info: PairInfo, product: Product): readonly KnownPair[] {
    const [base, quote] = [this.asset(info.base), this.asset(info.quote)];
    const id = instrumentId({ base, quote, venue: 'KRAKEN', product });
    return parseInstrumentId(id).ok ? [{ key, v2Name: `${base}/${quote}`, id, quote, info }] : [];
  }
}

/** Every pair that trades and whose rules can be read; the rest cannot be traded safely and is left out. */
export function listedPairs(
  pairs: PairMap,
  {
    tier,
    version,
    leverage,
  }: { readonly tier: ClientTier; readonly version: number; readonly leverage: number | null },
): readonly ListedInstrument[] {
  const isOffered = ({ info }: KnownPair): boolean =>
    info.status === 'online' && (leverage === null || offersLeverage(info, leverage));
  return pairs.all.flatMap((pair) => (isOffered(pair) ? listed(pair, tier, version) : []));
}

const offersLeverage = ({ leverage_buy: long = [], leverage_sell: short = [] }: PairInfo, leverage: number): boolean =>
  long.includes(leverage) && short.includes(leverage);

function listed({ id, key, info }: KnownPair, tier: ClientTier, version: number): readonly ListedInstrument[] {
  const { ordermin } = info;
  if (ordermin === undefined) return [];
  const { openOrders } = TIER_LIMITS[tier];
  return [
    {
      id,
      version,
      venueSymbol: key,
      tickSize: trimmed(info.tick_size ?? step(info.pair_decimals)),
      lotSize: step(info.lot_decimals),
      minQuantity: trimmed(ordermin),
      maxQuantity: MAX_QUANTITY,
      minNotional: trimmed(info.costmin ?? '0'),
      priceBand: null,
      maxOrders: openOrders,
      maxStopOrders: openOrders,
      makerFee: fraction(info.fees_maker?.[0]?.[1]) ?? HIGHEST_FEES.maker,
      takerFee: fraction(info.fees?.[0]?.[1]) ?? HIGHEST_FEES.taker,
    },
  ];
}

const step = (digits: number): DecimalText => (digits === 0 ? '1' : `0.${'0'.repeat(digits - 1)}1`);

/** The venue states fees in percent. */
function fraction(percent: string | undefined): DecimalText | undefined {
  const parsed = parseDecimal(percent ?? '');
  return parsed.ok ? trimmed(formatDecimal(multiplyDecimals(parsed.value, decimal('0.01')))) : undefined;
}

const trimmed = (text: DecimalText): DecimalText => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
