import type { ReactElement } from 'react';
import type { CarryDto, InstrumentDto, PositionDto } from '../../src-preload/contract/state.ts';
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

const Gain = ({ text }: { readonly text: string | null }): ReactElement =>
  text === null ? <Missing reason="not valued" /> : <Num>{formatSigned(text, 2)}</Num>;

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

/** Where the venue would close the position; nothing on spot, where it never does. */
function Liquidation({
  position,
  digits,
}: Pick<RowProps, 'position'> & Pick<PriceProps, 'digits'>): ReactElement | null {
  const { liquidation } = position;
  if (liquidation === null) return null;
  const reason = liquidation.isKnown ? 'the venue states none' : 'unknown: the venue has not told of late';
  return <Price text={liquidation.price} digits={digits} reason={reason} />;
}

const carryText = ({ amount, asset }: CarryDto): string =>
  asset === 'USDT' ? formatSigned(amount, 4) : `${formatSigned(amount)} ${asset}`;

const realizedTitle = ({ carry, currency, realizedPnl }: PositionDto): string => {
  const carried = carry.map(({ amount, asset }) => `${amount} ${asset}`).join(', ');
  return `${realizedPnl} ${currency} realized${carried === '' ? '' : `, with a carry of ${carried}`}`;
};

/** What a narrow table leaves out. */
const figuresOf = (position: PositionDto): string => {
  const { averageEntryPrice, currency, liquidation, mark, notional } = position;
  const figures = `average ${averageEntryPrice ?? '—'}, mark ${mark ?? '—'}, notional ${notional ?? '—'} ${currency}`;
  const closed =
    liquidation === null ? '' : `, liquidation ${liquidation.price ?? (liquidation.isKnown ? 'none' : 'unknown')}`;
  return `${figures}${closed}, ${realizedTitle(position)}`;
};

type RowProps = {
  readonly position: PositionDto;
  readonly instrument: InstrumentDto | null;
  /** Carry and liquidation stand beside the rest; what a name and a price can do without goes where there is no room. */
  readonly isLeveraged: boolean;
  readonly onClose: (position: PositionDto) => void;
};

const CloseButton = ({ position, onClose }: Pick<RowProps, 'position' | 'onClose'>): ReactElement => (
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

function PositionRow({ position, instrument, isLeveraged, onClose }: RowProps): ReactElement {
  const { session } = useTerminal();
  const isSelected = useView((view) => view.instrumentId === position.instrumentId);
  const digits = instrument ? digitsOf(instrument.tickSize) : undefined;
  const isLong = signOf(position.quantity) > 0;
  const beside = isLeveraged ? 'roomy' : 'wide';
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
      <td className={`r ${beside}`}>
        <Price text={position.notional} digits={2} reason="not valued" />
      </td>
      {isLeveraged && (
        <td className="r wide" title="Funding, interest and rollover so far; negative was paid">
          {position.carry.length === 0 ? null : <Num>{position.carry.map(carryText).join(' ')}</Num>}
        </td>
      )}
      <td className={`r ${toneOf(pnlSign)}`}>
        <Gain text={position.unrealizedPnl} />
      </td>
      <td className={`r ${beside} ${toneOf(pnlSign)}`}>
        {position.unrealizedRatio === null ? null : <Num>{formatSignedRatio(position.unrealizedRatio)}</Num>}
      </td>
      <td className="r">
        <Price text={position.stopTrigger} digits={digits} reason="no live stop" />
      </td>
      <td className={`r t2 ${isLeveraged ? 'roomy' : ''}`}>
        <StopDistance position={position} />
      </td>
      {isLeveraged && (
        <td className="r">
          <Liquidation position={position} digits={digits} />
        </td>
      )}
      <td className="r">
        <CloseButton position={position} onClose={onClose} />
      </td>
    </tr>
  );
}

type Head = readonly [head: string, side: string, width: number | undefined];

const headsOf = (isLeveraged: boolean): readonly Head[] => {
  const beside = isLeveraged ? 'r roomy' : 'r wide';
  return [
    ['Position', '', undefined],
    ['Side', '', 52],
    ['Quantity', 'r', 80],
    ['Average', 'r wide', 75],
    ['Mark', 'r wide', 75],
    ['Notional', beside, 75],
    ...(isLeveraged ? [['Carry', 'r wide', 80] as const] : []),
    ['Unrealized', 'r', 72],
    ['%', beside, 62],
    ['Stop', 'r', 75],
    ['Distance', isLeveraged ? 'r roomy' : 'r', 56],
    ...(isLeveraged ? [['Liquidation', 'r', 78] as const] : []),
    ['', 'r', 30],
  ];
};

type TableProps = {
  readonly positions: readonly PositionDto[];
  readonly instruments: readonly InstrumentDto[];
  readonly onClose: (position: PositionDto) => void;
};

export function PositionsTable({ positions, instruments, onClose }: TableProps): ReactElement {
  const isLeveraged = positions.some(({ liquidation }) => liquidation !== null);
  const heads = headsOf(isLeveraged);
  return (
    <table className="table positions" onKeyDown={onRowKey}>
      <colgroup>
        {heads.map(([head, side, width]) => (
          <col key={head} className={side} style={{ width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {heads.map(([head, side]) => (
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
            isLeveraged={isLeveraged}
            onClose={onClose}
          />
        ))}
      </tbody>
    </table>
  );
}
