import type { ReactElement } from 'react';
import type { FillDto } from '../../src-preload/contract/state.ts';
import { useInstruments, useTerminal } from '../app/terminal-context.tsx';
import { sideText } from '../app/words.ts';
import { Num } from '../ui/number.tsx';
import { digitsOf, formatDecimal, multiplyDecimals } from '../ui/number-text.ts';
import { clockTextMs } from '../ui/time-text.ts';
import { MarketName } from './market-name.tsx';
import { onRowKey } from './row-focus.ts';

const HEADS: readonly (readonly [string, string])[] = [
  ['Time UTC', ''],
  ['Fill', ''],
  ['Side', ''],
  ['Role', ''],
  ['Quantity', 'r'],
  ['Price', 'r'],
  ['Notional', 'r'],
  ['Fee', 'r'],
  ['Liquidity', ''],
  ['Trade', 'r'],
];

function FillRow({ fill, digits }: { readonly fill: FillDto; readonly digits: number | undefined }): ReactElement {
  const { session } = useTerminal();
  const isBuy = fill.side === 'buy';
  return (
    <tr tabIndex={-1} onClick={() => session.select(fill.instrumentId)}>
      <td>
        <Num>{clockTextMs(fill.tradedAtUs)}</Num>
      </td>
      <td>
        <MarketName instrumentId={fill.instrumentId} />
      </td>
      <td className={isBuy ? 'up' : 'down'}>
        {isBuy ? '▲' : '▼'} {sideText(fill.side)}
      </td>
      <td className="t2">{fill.role}</td>
      <td className="r">
        <Num>{formatDecimal(fill.quantity)}</Num>
      </td>
      <td className="r">
        <Num>{formatDecimal(fill.price, digits)}</Num>
      </td>
      <td className="r">
        <Num>{formatDecimal(multiplyDecimals(fill.price, fill.quantity), 2)}</Num>
      </td>
      <td className="r t2">
        <Num>{formatDecimal(fill.feeAmount)}</Num> <span className="t3 micro">{fill.feeAsset}</span>
      </td>
      <td className="t2">{fill.liquidity}</td>
      <td className="r t3">
        <Num>{fill.tradeId.slice(-8)}</Num>
      </td>
    </tr>
  );
}

/** Newest first. */
export function FillsTable({ fills }: { readonly fills: readonly FillDto[] }): ReactElement {
  const instruments = useInstruments();
  const digits = (instrumentId: string): number | undefined => {
    const instrument = instruments.find((entry) => entry.instrumentId === instrumentId);
    return instrument ? digitsOf(instrument.tickSize) : undefined;
  };
  return (
    <div className="content scroll">
      <table className="table" onKeyDown={onRowKey}>
        <thead>
          <tr>
            {HEADS.map(([head, side]) => (
              <th key={head} className={side}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fills.toReversed().map((fill) => (
            <FillRow key={`${fill.instrumentId} ${fill.tradeId}`} fill={fill} digits={digits(fill.instrumentId)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
