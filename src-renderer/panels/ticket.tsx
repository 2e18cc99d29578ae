import { useState, type ReactElement } from 'react';
import type { InstrumentDto, OrderDto, TerminalState } from '../../src-preload/contract/state.ts';
import { useEngine, useInstruments } from '../app/terminal-context.tsx';
import { sideText } from '../app/words.ts';
import { estimateOf } from '../stores/order-size.ts';
import { EMPTY_TICKET, settled, type TicketFields } from '../stores/ticket-fields.ts';
import { proposedExits, proposedPrices } from '../stores/ticket-proposals.ts';
import { draftOf, hasTwin, lastRoute, type PlaceOrder, routed } from '../stores/ticket.ts';
import { Num } from '../ui/number.tsx';
import { formatDecimal, formatRatio } from '../ui/number-text.ts';
import { CheckField } from './fields.tsx';
import { type HandFormProps, HandPanel, type HandPanelProps, useClosable, useTicketWorld } from './hand-panel.tsx';
import { askText, SendForm } from './send-form.tsx';
import { TicketInputs } from './ticket-inputs.tsx';
import { LastOrder } from './ticket-summary.tsx';

export const TicketPanel = (props: HandPanelProps): ReactElement => (
  <HandPanel {...props} title="Order ticket" Form={Ticket} />
);

function Ticket(props: HandFormProps): ReactElement {
  const { instrument } = props;
  const world = useTicketWorld(props);
  const [typed, setTyped] = useState(EMPTY_TICKET);
  const [isRouted, setRouted] = useState(false);
  const { order, mark } = useNewOrder(props);
  const instruments = useInstruments();
  const fields = settled(typed, instrument);
  const closable = useClosable(props, fields);
  const set = (changes: Partial<TicketFields>): void => setTyped((before) => ({ ...before, ...changes }));
  const propose = (): void => {
    const prices = proposedPrices(fields, world);
    set({ ...prices, ...proposedExits({ ...fields, ...prices }, world) });
  };
  const draft = draftOf(fields, world);
  const command = draft.kind === 'ready' ? draft.command : null;
  const problems = draft.kind === 'open' ? draft.problems : {};
  const route = command !== null && hasTwin(instrument, instruments) ? routed(command) : null;
  return (
    <SendForm
      command={command}
      sent={isRouted ? route : null}
      side={fields.side}
      words={draft.kind === 'ready' ? <OrderWords {...draft} instrument={instrument} /> : askText(draft.missing)}
      estimate={estimateOf(fields, world)}
      quote={instrument.quote}
      status={order && <LastOrder order={order} />}
      onSending={mark}
      onTaken={() => set({ size: '' })}
    >
      <TicketInputs {...{ fields, world, problems, closable }} onChange={set} onPropose={propose} />
      {route !== null && <BestVenue isOn={isRouted} onChange={setRouted} />}
      {isRouted && <LastRoute instrumentId={instrument.instrumentId} />}
    </SendForm>
  );
}

const NO_ORDERS: readonly OrderDto[] = [];
const NO_LOG: TerminalState['log'] = [];

type NewOrder = { readonly order: OrderDto | null; readonly mark: () => void };

/** The newest order by hand here that came after those known when it was marked. */
function useNewOrder({ instrument, accountId }: HandFormProps): NewOrder {
  const orders = useEngine((state) => state.orders) ?? NO_ORDERS;
  const isOwn = (order: OrderDto): boolean =>
    order.instrumentId === instrument.instrumentId && order.accountId === accountId && !order.foreign;
  const isByHand = ({ strategyId, parentId, role }: OrderDto): boolean =>
    strategyId === null && parentId === undefined && (role === 'entry' || role === 'exit');
  const own = orders.filter((order) => isOwn(order) && isByHand(order));
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  const order = known === null ? null : (own.findLast(({ clientOrderId }) => !known.has(clientOrderId)) ?? null);
  return { order, mark: () => setKnown(new Set(own.map(({ clientOrderId }) => clientOrderId))) };
}

type WordsProps = { readonly command: PlaceOrder; readonly instrument: InstrumentDto };

/** Side, quantity and price in words. */
function OrderWords({ command, instrument }: WordsProps): ReactElement {
  const { side, quantity, price, triggerPrice, trailingRatio } = command;
  return (
    <>
      {sideText(side)} <Num>{formatDecimal(quantity)}</Num> {instrument.base} {price === null ? 'at market' : 'at '}
      {price !== null && <Num>{formatDecimal(price)}</Num>}
      {trailingRatio !== undefined && (
        <>
          , trailing <Num>{formatRatio(Number(trailingRatio))}</Num>
        </>
      )}
      {triggerPrice !== null && (
        <>
          {' '}
          from <Num>{formatDecimal(triggerPrice)}</Num>
        </>
      )}
    </>
  );
}

type BestVenueProps = { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void };

/** Where the underlying trades on several venues of ours. The verdict shown is that of this one. */
const BestVenue = ({ isOn, onChange }: BestVenueProps): ReactElement => (
  <CheckField
    label="Best venue"
    isOn={isOn}
    says="Splits the order over the venues that trade it, where it costs least after fees and latency."
    onChange={onChange}
  />
);

/** What the last route gave each venue. */
function LastRoute({ instrumentId }: { readonly instrumentId: string }): ReactElement | null {
  const log = useEngine((state) => state.log) ?? NO_LOG;
  const parts = lastRoute(log, instrumentId);
  if (parts.length === 0) return null;
  return (
    <dl className="micro" aria-label="Last route">
      {parts.map((part) => (
        <div key={part.instrumentId}>
          <dt>{part.instrumentId}</dt> <dd className="n">{part.told}</dd>
        </div>
      ))}
    </dl>
  );
}
