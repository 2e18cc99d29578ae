import { useState, type ReactElement } from 'react';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import type {
  ExecutorDto,
  FillDto,
  OrderDto,
  PositionDto,
  UnknownOutcomeDto,
} from '../../src-preload/contract/state.ts';
import { useEngine, useInstruments } from '../app/terminal-context.tsx';
import { useCommand, type CommandSender } from '../app/use-command.ts';
import { sideText } from '../app/words.ts';
import { Num, toneOf } from '../ui/number.tsx';
import { formatDecimal, formatSigned, signOf, sumDecimals } from '../ui/number-text.ts';
import { type PanelCondition, READY, useCondition } from './condition.ts';
import { AdoptDialog } from './adopt-dialog.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { ConfirmDialog, type Confirmation } from './confirm-dialog.tsx';
import { FillsTable } from './fills-table.tsx';
import { ExecutorsTable } from './executors-table.tsx';
import { closedOrders, workingOrders } from './order-rows.ts';
import { OutcomesTable } from './outcomes-table.tsx';
import { OrdersTable } from './orders-table.tsx';
import { Panel, type PanelTab } from './panel.tsx';
import { isOpen } from './position-rows.ts';
import { PositionsTable } from './positions-table.tsx';

const TABS: readonly PanelTab[] = [
  { id: 'orders', title: 'Positions and orders' },
  { id: 'executors', title: 'Executors' },
  { id: 'fills', title: 'Fills' },
  { id: 'closed', title: 'Closed', says: 'Closed orders' },
  { id: 'outcomes', title: 'Unknown', says: 'Commands of unknown outcome, and what became of them' },
];
const NO_ORDERS: readonly OrderDto[] = [];
const NO_FILLS: readonly FillDto[] = [];
const NO_OUTCOMES: readonly UnknownOutcomeDto[] = [];
const NO_EXECUTORS: readonly ExecutorDto[] = [];
const NO_POSITIONS: readonly PositionDto[] = [];

const NO_FILLS_YET: PanelCondition = {
  kind: 'empty',
  title: 'No fills in this session',
  detail: 'The journal keeps those of earlier ones.',
};
const NONE_WORKED: PanelCondition = {
  kind: 'empty',
  title: 'No executors',
  detail: 'Parent orders that are worked through children, such as TWAP or a ladder, are listed here.',
};
const ALL_KNOWN: PanelCondition = {
  kind: 'empty',
  title: 'No unknown outcomes',
  detail:
    'The venue answered every command. Any without an answer is listed here until the venue proves what became of it.',
};

type BlotterProps = {
  /** More tabs in front, for the stop report. */
  readonly before?: readonly PanelTab[];
  readonly onTab?: (id: string) => void;
};

export function BlotterPanel({ before = [], onTab }: BlotterProps): ReactElement {
  const [tab, setTab] = useState('orders');
  const sender = useCommand();
  const fills = useEngine((state) => state.fills) ?? NO_FILLS;
  const outcomes = useEngine((state) => state.outcomes) ?? NO_OUTCOMES;
  const executors = useEngine((state) => state.executors) ?? NO_EXECUTORS;
  const counts = { fills: fills.length, outcomes: outcomes.length, executors: executors.length };
  const condition = useCondition(emptyCondition(tab, counts));
  return (
    <Panel
      digit="7"
      title={TABS.find(({ id }) => id === tab)?.title ?? ''}
      tabs={[...before, ...TABS]}
      onTab={(id) => (TABS.some((own) => own.id === id) ? setTab(id) : onTab?.(id))}
      tools={tab === 'orders' && <OrderTools sender={sender} />}
      condition={condition}
    >
      <Refusal sender={sender} />
      {tab === 'orders' && <PositionsAndOrders sender={sender} />}
      {tab === 'executors' && <ExecutorsTable executors={executors} sender={sender} />}
      {tab === 'fills' && <FillsTable fills={fills} />}
      {tab === 'closed' && <ClosedOrders sender={sender} />}
      {tab === 'outcomes' && <OutcomesTable outcomes={outcomes} />}
    </Panel>
  );
}

function Refusal({ sender: { answer } }: { readonly sender: CommandSender }): ReactElement | null {
  if (answer.kind !== 'failed') return null;
  return (
    <div className="statebar failed" role="alert">
      {answer.text}
    </div>
  );
}

const EMPTY: Readonly<Record<string, PanelCondition>> = {
  fills: NO_FILLS_YET,
  outcomes: ALL_KNOWN,
  executors: NONE_WORKED,
};

const emptyCondition = (tab: string, counts: Readonly<Record<string, number>>): PanelCondition =>
  counts[tab] === 0 ? (EMPTY[tab] ?? READY) : READY;

function ClosedOrders({ sender }: { readonly sender: CommandSender }): ReactElement {
  const instruments = useInstruments();
  const orders = closedOrders(useEngine((state) => state.orders) ?? NO_ORDERS);
  const cancel = (order: OrderDto): void =>
    void sender.send({ kind: 'cancelOrder', clientOrderId: order.clientOrderId });
  return (
    <div className="content scroll blotter">
      {orders.length === 0 ? (
        <p className="none">No closed orders in this session.</p>
      ) : (
        <OrdersTable orders={orders} instruments={instruments} onCancel={cancel} />
      )}
    </div>
  );
}

/** One cancel per account that has an own order here. */
function OrderTools({ sender }: { readonly sender: CommandSender }): ReactElement {
  const [isAsked, setAsked] = useState(false);
  const orders = useEngine((state) => state.orders) ?? NO_ORDERS;
  const own = workingOrders(orders).filter((order) => !order.foreign);
  const accounts = [...new Set(own.map((order) => order.accountId))];
  const stops = own.filter((order) => order.role === 'stop').length;
  const confirmation: Confirmation = {
    title: `Cancel ${own.length} own orders`,
    says: `This includes ${stops} stops: positions may stand without protection. Foreign orders are not touched.`,
    action: 'Cancel all',
    commands: accounts.map((accountId) => ({ kind: 'cancelAll', accountId, instrumentId: null })),
  };
  return (
    <>
      <button type="button" className="textbtn" disabled={own.length === 0} onClick={() => setAsked(true)}>
        Cancel all…
      </button>
      {isAsked && <ConfirmDialog confirmation={confirmation} sender={sender} onClose={() => setAsked(false)} />}
    </>
  );
}

const closing = (position: PositionDto): Confirmation => ({
  title: `Close ${position.instrumentId.split('.')[0] ?? ''}`,
  says: `${sideText(signOf(position.quantity) > 0 ? 'sell' : 'buy')} ${formatDecimal(position.quantity.replace('-', ''))} at market, after its stops are taken off the venue. The gate may deny it.`,
  action: 'Close position',
  commands: [{ kind: 'closePosition', accountId: position.accountId, instrumentId: position.instrumentId }],
});

function PositionsAndOrders({ sender }: { readonly sender: CommandSender }): ReactElement {
  const instruments = useInstruments();
  const [closes, setCloses] = useState<PositionDto | null>(null);
  const [adopts, setAdopts] = useState<OrderDto | null>(null);
  const [changes, setChanges] = useState<OrderDto | null>(null);
  const all = useEngine((state) => state.positions) ?? NO_POSITIONS;
  const held = all.filter(isOpen);
  const positions = held.filter((position) => position.coverage !== 'dust');
  const orders = workingOrders(useEngine((state) => state.orders) ?? NO_ORDERS);
  const foreign = orders.filter((order) => order.foreign).length;
  const cancel = (order: OrderDto): void => {
    const command: CommandDto = { kind: 'cancelOrder', clientOrderId: order.clientOrderId };
    void sender.send(command);
  };
  return (
    <div className="content scroll blotter">
      {positions.length === 0 ? (
        <p className="none">
          Flat: no open position{held.length === 0 ? '' : `, ${dustText(held.length)} too little to sell`}.
        </p>
      ) : (
        <>
          <PositionsTable positions={positions} instruments={instruments} onClose={setCloses} />
          <PositionsSum positions={positions} dust={held.length - positions.length} />
        </>
      )}
      <div className="sec">
        <span>
          Working orders{' '}
          <span className="t3">
            {orders.length - foreign} own · {foreign} foreign
          </span>
        </span>
      </div>
      {orders.length === 0 ? (
        <p className="none">No working orders.</p>
      ) : (
        <OrdersTable
          orders={orders}
          instruments={instruments}
          onCancel={cancel}
          onAdopt={setAdopts}
          onChange={setChanges}
        />
      )}
      {changes && <ChangeOrder order={changes} sender={sender} onClose={() => setChanges(null)} />}
      {adopts && <AdoptDialog order={adopts} sender={sender} onClose={() => setAdopts(null)} />}
      {closes && <ConfirmDialog confirmation={closing(closes)} sender={sender} onClose={() => setCloses(null)} />}
    </div>
  );
}

type ChangeProps = { readonly order: OrderDto; readonly sender: CommandSender; readonly onClose: () => void };

/** Nothing for an instrument that is not listed any more. */
function ChangeOrder(props: ChangeProps): ReactElement | null {
  const { instrumentId } = props.order;
  const instrument = useInstruments().find((entry) => entry.instrumentId === instrumentId);
  return instrument === undefined ? null : <ChangeDialog {...props} instrument={instrument} />;
}

const dustText = (count: number): string => (count === 1 ? '1 dust remainder' : `${count} dust remainders`);

/** Sums of one currency only: values in two are not added. */
function PositionsSum(props: { readonly positions: readonly PositionDto[]; readonly dust: number }): ReactElement {
  const { dust, positions } = props;
  const strip = useEngine((state) => state.strip);
  const bare = strip?.protection.bareNow ?? 0;
  const isOneCurrency = new Set(positions.map((position) => position.currency)).size === 1;
  const valued = positions.flatMap(({ unrealizedPnl }) => (unrealizedPnl === null ? [] : [unrealizedPnl]));
  const pnl = sumDecimals(valued);
  return (
    <div className="sumline">
      <span className="t2">
        {positions.length} positions · {bare === 0 ? 'all protected by resting stops' : `${bare} bare`}
        {dust === 0 ? '' : ` · ${dustText(dust)}`}
      </span>
      {isOneCurrency && valued.length === positions.length && (
        <span>
          <span className="t3">unrealized </span>
          <Num className={toneOf(signOf(pnl))}>{formatSigned(pnl, 2)}</Num>{' '}
          <span className="t3">{positions[0]?.currency}</span>
        </span>
      )}
    </div>
  );
}
