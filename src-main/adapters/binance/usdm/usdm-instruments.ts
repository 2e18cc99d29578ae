import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { type InstrumentId, instrumentId, parseInstrumentId } from '../../../engine/domain/identifiers.ts';
import { type FeeRates, filterReader, isAboveZero, priceBandOf } from '../listed-instruments.ts';
import type { SymbolMap } from '../symbol-map.ts';
import type { ExchangeInfoReply } from './usdm-wire.ts';

type Contract = ExchangeInfoReply['symbols'][number];

const DEFAULT_MAX_ORDERS = 200;
/** Conditional orders of an account over all symbols (change log of 2025-12-29). */
const MAX_CONDITIONAL_ORDERS = 200;

/** Perpetuals margined in their quote asset; deliveries and others are left out. */
const isPerpetual = ({ contractType, quoteAsset, marginAsset }: Contract): boolean =>
  contractType === 'PERPETUAL' && quoteAsset === marginAsset;

const idOf = ({ baseAsset, quoteAsset }: Contract): InstrumentId =>
  instrumentId({ base: baseAsset, quote: quoteAsset, venue: 'BINANCE', product: 'USDM' });

/** Every perpetual that trades and whose rules can be read. */
export function listedContracts(info: ExchangeInfoReply, fees: FeeRates, version: number): readonly ListedInstrument[] {
  return info.symbols.flatMap((contract) => {
    const listed =
      contract.status === 'TRADING' && isPerpetual(contract) ? listedOf(contract, fees, version) : undefined;
    return listed === undefined ? [] : [listed];
  });
}

function listedOf(contract: Contract, fees: FeeRates, version: number): ListedInstrument | undefined {
  const id = idOf(contract);
  const read = filterReader(contract);
  const tickSize = read('PRICE_FILTER', 'tickSize');
  const lotSize = read('LOT_SIZE', 'stepSize');
  const minQuantity = read('LOT_SIZE', 'minQty');
  const maxQuantity = read('LOT_SIZE', 'maxQty');
  if (!parseInstrumentId(id).ok || !isAboveZero(tickSize) || !isAboveZero(lotSize)) return undefined;
  if (minQuantity === undefined || !isAboveZero(maxQuantity)) return undefined;
  return {
    id,
    version,
    venueSymbol: contract.symbol,
    tickSize,
    lotSize,
    minQuantity,
    maxQuantity,
    minNotional: read('MIN_NOTIONAL', 'notional') ?? '0',
    priceBand: priceBandOf(read),
    maxOrders: Number(read('MAX_NUM_ORDERS', 'limit') ?? DEFAULT_MAX_ORDERS),
    maxStopOrders: MAX_CONDITIONAL_ORDERS,
    makerFee: fees.maker,
    takerFee: fees.taker,
  };
}

/** The venue's names of all perpetuals. */
export function contractMap(info: ExchangeInfoReply): SymbolMap {
  const perpetuals = info.symbols.filter((contract) => isPerpetual(contract) && parseInstrumentId(idOf(contract)).ok);
  const ids = new Map(perpetuals.map((contract) => [contract.symbol, idOf(contract)]));
  const names = new Map(perpetuals.map((contract) => [idOf(contract), contract.symbol]));
  return {
    instrumentOf: (venueSymbol) => ids.get(venueSymbol),
    lists: (id) => names.has(id),
    venueSymbolOf(id) {
      const name = names.get(id);
      if (name === undefined) throw new RangeError(`expected a contract listed by the venue, was ${id}`);
      return name;
    },
  };
}
