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
import { MarketName } from './market-name.tsx';
import { lotText } from './position-rows.ts';
import { onRowKey } from './row-focus.ts';

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

/** What a narrow table leaves out. */
const figuresOf = ({ averageEntryPrice, currency, mark, notional }: PositionDto): string =>
  `average ${averageEntryPrice ?? '—'}, mark ${mark ?? '—'}, notional ${notional ?? '—'} ${currency}`;

type RowProps = {
  readonly position: PositionDto;
  readonly instrument: InstrumentDto | null;
  readonly onClose: (position: PositionDto) => void;
};

const CloseButton = ({ position, onClose }: Omit<RowProps, 'instrument'>): ReactElement => (
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
);

function PositionRow({ position, instrument, onClose }: RowProps): ReactElement {
  const { session } = useTerminal();
  const isSelected = useView((view) => view.instrumentId === position.instrumentId);
  const digits = instrument ? digitsOf(instrument.tickSize) : undefined;
  const isLong = signOf(position.quantity) > 0;
  const pnlSign = position.unrealizedPnl === null ? 0 : signOf(position.unrealizedPnl);
  return (
    <tr
      className={isSelected ? 'sel' : ''}
      tabIndex={-1}
      title={figuresOf(position)}
      onClick={() => session.select(position.instrumentId)}
    >
      <td>
        <MarketName instrumentId={position.instrumentId} />
      </td>
      <td className={isLong ? 'up' : 'down'}>{isLong ? '▲ Long' : '▼ Short'}</td>
      <td className="r" title={position.quantity}>
        <Num>{lotText(position.quantity, instrument)}</Num>
      </td>
      <td className="r wide">
        <Price text={position.averageEntryPrice} digits={digits} reason="no fill known" />
      </td>
      <td className="r wide">
        <Price text={position.mark} digits={digits} reason="no mark: the feed has no book" />
      </td>
      <td className="r wide">
        <Price text={position.notional} digits={2} reason="not valued" />
      </td>
      <td className={`r ${toneOf(pnlSign)}`}>
        {position.unrealizedPnl === null ? (
          <Missing reason="not valued" />
        ) : (
          <Num>{formatSigned(position.unrealizedPnl, 2)}</Num>
        )}
      </td>
      <td className={`r wide ${toneOf(pnlSign)}`}>
        {position.unrealizedRatio === null ? null : <Num>{formatSignedRatio(position.unrealizedRatio)}</Num>}
      </td>
      <td className="r">
        <Price text={position.stopTrigger} digits={digits} reason="no live stop" />
      </td>
      <td className="r t2">
        <StopDistance position={position} />
      </td>
      <td className="r">
        <CloseButton position={position} onClose={onClose} />
      </td>
    </tr>
  );
}

const HEADS: readonly (readonly [head: string, side: string, width: number | undefined])[] = [
  ['Position', '', undefined],
  ['Side', '', 52],
  ['Quantity', 'r', 80],
  ['Average', 'r wide', 75],
  ['Mark', 'r wide', 75],
  ['Notional', 'r wide', 75],
  ['Unrealized', 'r', 72],
  ['%', 'r wide', 62],
  ['Stop', 'r', 75],
  ['Distance', 'r', 56],
  ['', 'r', 30],
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
        {HEADS.map(([head, side, width]) => (
          <col key={head} className={side} style={{ width }} />
        ))}
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
