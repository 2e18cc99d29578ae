import type { ReactElement } from 'react';
import type { InstrumentDto, PositionDto } from '../../src-preload/contract/state.ts';
import { useTerminal, useView } from '../app/terminal-context.tsx';
import { Icon } from '../ui/icons.tsx';
import { Missing, Num, toneOf } from '../ui/number.tsx';
import {
  digitsOf,
  formatDecimal,
  formatSigned,
  formatSignedRatio,
  signOf,
  subtractDecimals,
} from '../ui/number-text.ts';
import { ageText } from '../ui/time-text.ts';
import { lotText } from './position-rows.ts';
import { onRowKey } from './row-focus.ts';

const symbolOf = (instrumentId: string): string => instrumentId.split('.')[0] ?? instrumentId;

type PriceProps = { readonly text: string | null; readonly digits: number | undefined; readonly reason: string };
const Price = ({ text, digits, reason }: PriceProps): ReactElement =>
  text === null ? <Missing reason={reason} /> : <Num>{formatDecimal(text, digits)}</Num>;

const PROTECTED = 'A live stop rests for the whole quantity';

/** How far the stop is, or how much stands without one. */
function StopDistance({ position }: { readonly position: PositionDto }): ReactElement {
  const bare = subtractDecimals(position.quantity.replace('-', ''), position.protectedQuantity);
  if (position.coverage !== 'bare')
    return (
      <span title={`${PROTECTED}. Bare in all ${ageText(position.unprotectedMs)}.`}>
        {position.stopDistanceRatio === null ? (
          <Missing reason="no mark" />
        ) : (
          <Num>{formatSignedRatio(position.stopDistanceRatio)}</Num>
        )}
      </span>
    );
  return (
    <span className="chip bad" title={`${formatDecimal(bare)} without a live stop`}>
      ▲ bare
    </span>
  );
}

type RowProps = {
  readonly position: PositionDto;
  readonly instrument: InstrumentDto | null;
  readonly onClose: (position: PositionDto) => void;
};

function PositionRow({ position, instrument, onClose }: RowProps): ReactElement {
  const { session } = useTerminal();
  const isSelected = useView((view) => view.instrumentId === position.instrumentId);
  const digits = instrument ? digitsOf(instrument.tickSize) : undefined;
  const isLong = signOf(position.quantity) > 0;
  const pnlSign = position.unrealizedPnl === null ? 0 : signOf(position.unrealizedPnl);
  return (
    <tr className={isSelected ? 'sel' : ''} tabIndex={-1} onClick={() => session.select(position.instrumentId)}>
      <td>{symbolOf(position.instrumentId)}</td>
      <td className={isLong ? 'up' : 'down'}>{isLong ? '▲ Long' : '▼ Short'}</td>
      <td className="r" title={position.quantity}>
        <Num>{lotText(position.quantity, instrument)}</Num>
      </td>
      <td className="r">
        <Price text={position.averageEntryPrice} digits={digits} reason="no fill known" />
      </td>
      <td className="r">
        <Price text={position.mark} digits={digits} reason="no mark: the feed has no book" />
      </td>
      <td className="r">
        <Price text={position.notional} digits={2} reason="not valued" />
      </td>
      <td className={`r ${toneOf(pnlSign)}`}>
        {position.unrealizedPnl === null ? (
          <Missing reason="not valued" />
        ) : (
          <Num>{formatSigned(position.unrealizedPnl, 2)}</Num>
        )}
      </td>
      <td className={`r ${toneOf(pnlSign)}`}>
        {position.unrealizedRatio === null ? null : <Num>{formatSignedRatio(position.unrealizedRatio)}</Num>}
      </td>
      <td className="r">
        <Price text={position.stopTrigger} digits={digits} reason="no live stop" />
      </td>
      <td className="r t2">
        <StopDistance position={position} />
      </td>
      <td className="r">
        <button
          type="button"
          className="rowbtn"
          aria-label={`Close ${position.instrumentId}`}
          title="Close position"
          onClick={(event) => {
            event.stopPropagation();
            onClose(position);
          }}
        >
          <Icon name="cross" />
        </button>
      </td>
    </tr>
  );
}

const WIDTHS = [90, 52, 84, 76, 76, 76, 70, 56, 76, 56];
const HEADS: readonly (readonly [string, string])[] = [
  ['Position', ''],
  ['Side', ''],
  ['Quantity', 'r'],
  ['Average', 'r'],
  ['Mark', 'r'],
  ['Notional', 'r'],
  ['Unrealized', 'r'],
  ['%', 'r'],
  ['Stop', 'r'],
  ['Distance', 'r'],
  ['', 'r'],
];

type TableProps = {
  readonly positions: readonly PositionDto[];
  readonly instruments: readonly InstrumentDto[];
  readonly onClose: (position: PositionDto) => void;
};

export function PositionsTable({ positions, instruments, onClose }: TableProps): ReactElement {
  return (
    <table className="table positions" onKeyDown={onRowKey}>
      <colgroup>
        {WIDTHS.map((width, index) => (
          <col key={HEADS[index]?.[0]} style={{ width }} />
        ))}
        <col />
      </colgroup>
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
        {positions.map((position) => (
          <PositionRow
            key={`${position.accountId} ${position.instrumentId}`}
            position={position}
            instrument={instruments.find(({ instrumentId }) => instrumentId === position.instrumentId) ?? null}
            onClose={onClose}
          />
        ))}
      </tbody>
    </table>
  );
}
