import type { ReactElement } from 'react';
import type { InstrumentDto, OrderDto } from '../../src-preload/contract/state.ts';
import { useSecond, useTerminal } from '../app/terminal-context.tsx';
import { orderTypeText, reasonText, sideText, statusText } from '../app/words.ts';
import { changeable } from '../stores/order-change.ts';
import { isWorking } from '../stores/terminal-state.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Missing, Num } from '../ui/number.tsx';
import { digitsOf, formatDecimal } from '../ui/number-text.ts';
import { ageText, clockText } from '../ui/time-text.ts';
import { canAdopt } from './adopt-dialog.tsx';
import { MarketName } from './market-name.tsx';
import { purposeOf } from './order-rows.ts';
import { BAD, OrderStatus } from './order-status.tsx';
import { onRowKey } from './row-focus.ts';

/** `wide`: left out where the panel is narrow; the row's title and the purpose say it then. */
const HEADS: readonly (readonly [head: string, side: string, width: number | undefined])[] = [
  ['Time', 'wide', 72],
  ['Order', '', undefined],
  ['Side', '', 32],
  ['Type', '', 84],
  ['Quantity', 'r', 70],
  ['Filled', 'r wide', 72],
  ['Price', 'r', 73],
  ['Status', 'wide', 86],
  ['Purpose', 'purpose', 104],
];

/** An unproven command states its age: it counts as its worst case until evidence comes. */
function Purpose({ order }: { readonly order: OrderDto }): ReactElement {
  const nowMs = useSecond();
  if (order.pending?.outcome === 'unknown')
    return <span className="warn">unproven {ageText(nowMs - order.pending.sinceUs / 1000)}</span>;
  if (order.reason !== null && BAD.has(order.status))
    return <span title={order.reason}>{reasonText(order.reason)}</span>;
  const purpose = purposeOf(order);
  if (purpose !== 'protects') return <span className="t2">{purpose}</span>;
  return (
    <span className="row gap1 t2">
      <Icon name="shield" /> {order.pendingLeg ? 'will protect' : purpose}
    </span>
  );
}

/** Where there is room for one of them, news about the order comes before its purpose. */
function StatusAndPurpose({ order }: { readonly order: OrderDto }): ReactElement {
  if (!hasNews(order)) return <Purpose order={order} />;
  return (
    <>
      <span className="slim">
        <OrderStatus order={order} />
      </span>
      <span className="wide">
        <Purpose order={order} />
      </span>
    </>
  );
}

type RowProps = {
  readonly order: OrderDto;
  readonly instrument: InstrumentDto | null;
  readonly onCancel: (order: OrderDto) => void;
  readonly onAdopt: ((order: OrderDto) => void) | undefined;
  readonly onChange: ((order: OrderDto) => void) | undefined;
};

/** Its status is more than that it rests as asked. */
const hasNews = (order: OrderDto): boolean =>
  order.foreign || order.pending !== null || order.pendingLeg || BAD.has(order.status);

const rowTitle = (order: OrderDto): string => {
  if (order.foreign) return 'Placed outside Leeward';
  const { clientOrderId, createdAtUs, filledQuantity, status } = order;
  return `Order ${clientOrderId}: ${clockText(createdAtUs)}, ${statusText(status)}, filled ${filledQuantity}`;
};

const sideTone = (order: OrderDto): string => {
  if (order.foreign) return '';
  return order.side === 'buy' ? 'up' : 'down';
};

const rowClass = (order: OrderDto): string => {
  if (order.pending?.outcome === 'unknown') return 'unknown';
  return order.foreign ? 'foreign' : '';
};

function OrderRow({ order, instrument, onCancel, onAdopt, onChange }: RowProps): ReactElement {
  const { session } = useTerminal();
  const digits = instrument ? digitsOf(instrument.tickSize) : undefined;
  const price = (text: string | null, reason: string): ReactElement =>
    text === null ? <Missing reason={reason} /> : <Num>{formatDecimal(text, digits)}</Num>;
  return (
    <tr
      className={rowClass(order)}
      title={rowTitle(order)}
      tabIndex={-1}
      onClick={() => session.select(order.instrumentId)}
    >
      <td className="wide">
        <Num>{clockText(order.createdAtUs)}</Num>
      </td>
      <td>
        <MarketName instrumentId={order.instrumentId} />
      </td>
      <td className={sideTone(order)}>{sideText(order.side)}</td>
      <td>{orderTypeText(order.type)}</td>
      <td className="r">
        <Num>{formatDecimal(order.quantity)}</Num>
      </td>
      <td className="r t3 wide">
        <Num>{formatDecimal(order.filledQuantity)}</Num>
      </td>
      <td className="r" title={order.triggerPrice === null ? '' : `triggers here, limit ${order.price ?? 'none'}`}>
        {price(order.triggerPrice ?? order.price, 'a market order has no price')}
      </td>
      <td className="wide">
        <OrderStatus order={order} />
      </td>
      <td>
        {onAdopt && canAdopt(order) && isWorking(order) ? (
          <AdoptButton order={order} onAdopt={onAdopt} />
        ) : (
          <StatusAndPurpose order={order} />
        )}
      </td>
      <td className="r">
        {onChange && changeable(order).length > 0 && (
          <OrderButton order={order} name="Change" icon="pencil" onAct={onChange} />
        )}
        {!order.foreign && isWorking(order) && (
          <OrderButton order={order} name="Cancel" icon="cross" onAct={onCancel} />
        )}
      </td>
    </tr>
  );
}

type ButtonProps = {
  readonly order: OrderDto;
  readonly name: 'Change' | 'Cancel';
  readonly icon: IconName;
  readonly onAct: (order: OrderDto) => void;
};

const OrderButton = ({ order, name, icon, onAct }: ButtonProps): ReactElement => (
  <button
    type="button"
    className={name === 'Cancel' ? 'rowbtn' : 'rowbtn calm'}
    title={name}
    aria-label={`${name} ${sideText(order.side)} ${order.quantity} ${order.instrumentId}`}
    onClick={(event) => {
      event.stopPropagation();
      onAct(order);
    }}
  >
    <Icon name={icon} />
  </button>
);

type AdoptProps = { readonly order: OrderDto; readonly onAdopt: (order: OrderDto) => void };

const AdoptButton = ({ order, onAdopt }: AdoptProps): ReactElement => (
  <button
    type="button"
    className="textbtn"
    aria-label={`Adopt ${sideText(order.side)} ${order.quantity} ${order.instrumentId}`}
    onClick={(event) => {
      event.stopPropagation();
      onAdopt(order);
    }}
  >
    Adopt…
  </button>
);

type TableProps = {
  readonly orders: readonly OrderDto[];
  readonly instruments: readonly InstrumentDto[];
  readonly onCancel: (order: OrderDto) => void;
  /** Where foreign orders may become ours. */
  readonly onAdopt?: (order: OrderDto) => void;
  /** Where resting orders may be changed. */
  readonly onChange?: (order: OrderDto) => void;
};

export function OrdersTable({ orders, instruments, onCancel, onAdopt, onChange }: TableProps): ReactElement {
  return (
    <table className="table orders" onKeyDown={onRowKey}>
      <colgroup>
        {HEADS.map(([head, side, width]) => (
          <col key={head} className={side} style={{ width }} />
        ))}
        <col style={{ width: 52 }} />
      </colgroup>
      <thead>
        <tr>
          {HEADS.map(([head, side]) => (
            <th key={head} className={side}>
              {head}
            </th>
          ))}
          <th>
            <span className="hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <OrderRow
            key={order.clientOrderId}
            order={order}
            instrument={instruments.find(({ instrumentId }) => instrumentId === order.instrumentId) ?? null}
            onCancel={onCancel}
            onAdopt={onAdopt}
            onChange={onChange}
          />
        ))}
      </tbody>
    </table>
  );
}
