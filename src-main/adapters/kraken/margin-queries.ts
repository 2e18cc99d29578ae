import { decimal, type DecimalText, formatDecimal, multiplyDecimals } from '../../engine/domain/decimal.ts';
import type { Charge, MarginStanding } from '../../engine/domain/margin.ts';
import type { InstrumentId } from '../../engine/domain/identifiers.ts';
import { ChargeWindow } from '../venue-connection/charge-window.ts';
import type { PairMap } from './pair-map.ts';
import type { KrakenSender } from './sender.ts';
import { ledgersResult, type LedgerRow, type PositionRow, tradeBalanceResult } from './wire-schemas.ts';

/** Equity over used margin below which the venue closes: "approximately 40%", https://support.kraken.com/articles/205337493 */
const LIQUIDATION_LEVEL = '0.4';
/** In which the venue values the account; the practice exchange takes USDT for it. */
const VALUED_IN = 'USDT';
const PERCENT = decimal('0.01');

type MarginQueryParts = { readonly sender: KrakenSender; readonly pairs: PairMap };

/** What a margin account costs and how safe it is. A question without an answer leaves its part out: the next look asks again. */
export class MarginQueries {
  private readonly parts: MarginQueryParts;
  private readonly charges = new ChargeWindow();
  /** Which pair each position is of that was ever seen open. */
  private readonly pairOf = new Map<string, InstrumentId>();

  constructor(parts: MarginQueryParts) {
    this.parts = parts;
  }

  notePositions(positions: Readonly<Record<string, PositionRow>>): void {
    for (const [id, { pair }] of Object.entries(positions)) {
      const known = this.parts.pairs.named(pair);
      if (known !== undefined) this.pairOf.set(id, known.id);
    }
  }

  async look(): Promise<{ readonly charges: readonly Charge[]; readonly standing?: MarginStanding }> {
    const standing = await this.standing();
    const charges = await this.rollovers();
    return { charges, ...(standing === undefined ? {} : { standing }) };
  }

  private async standing(): Promise<MarginStanding | undefined> {
    const common = { lane: 'query', params: { asset: VALUED_IN }, calls: 1 } as const;
    const reply = await this.parts.sender.query({
      ...common,
      call: 'privatePostTradeBalance',
      schema: tradeBalanceResult,
    });
    if (!reply.ok) return undefined;
    const { mf, ml } = reply.value;
    return {
      level: ml === undefined ? null : ratioOf(ml),
      liquidationLevel: LIQUIDATION_LEVEL,
      freeMargin: mf,
      asset: VALUED_IN,
    };
  }

  /** Since the last one told, the latest page of fifty at first. */
  private async rollovers(): Promise<readonly Charge[]> {
    const { sinceUs } = this.charges;
    const since = sinceUs === null ? {} : { start: String(Math.floor(sinceUs / 1_000_000) - 1) };
    const reply = await this.parts.sender.query({
      call: 'privatePostLedgers',
      params: { type: 'rollover', ...since },
      schema: ledgersResult,
      lane: 'query',
      calls: 2,
    });
    if (!reply.ok) return [];
    const rows = Object.entries(reply.value.ledger).map(([id, row]) => this.charge(id, row));
    return this.charges.take(rows);
  }

  private charge(id: string, { asset, fee, refid, time }: LedgerRow): Charge {
    return {
      chargeId: `rollover-${id}`,
      kind: 'rollover',
      asset: this.parts.pairs.asset(asset),
      amount: `-${fee}`,
      instrumentId: this.pairOf.get(refid) ?? null,
      chargedAtUs: Math.round(time * 1_000_000),
    };
  }
}

const ratioOf = (percent: DecimalText): DecimalText => formatDecimal(multiplyDecimals(decimal(percent), PERCENT));
