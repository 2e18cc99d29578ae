import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import type { InstrumentDto, OrderDto, TerminalState } from '../../src-preload/contract/state.ts';
import { useEngine, useInstrument, useInstruments, useSecond, useTerminal, useView } from '../app/terminal-context.tsx';
import { useCommand } from '../app/use-command.ts';
import { sideText } from '../app/words.ts';
import { type Estimate, estimateOf } from '../stores/order-size.ts';
import { EMPTY_TICKET, settled, type TicketFields, type TicketWorld } from '../stores/ticket-fields.ts';
import { proposedExits, proposedPrices } from '../stores/ticket-proposals.ts';
import { accountFor, draftOf, hasTwin, lastRoute, type PlaceOrder, routed } from '../stores/ticket.ts';
import { Num } from '../ui/number.tsx';
import { formatDecimal, signOf, stepText } from '../ui/number-text.ts';
import { useCondition, READY } from './condition.ts';
import { CheckField } from './fields.tsx';
import { Panel, type PanelTab } from './panel.tsx';
import { lotText } from './position-rows.ts';
import { TicketInputs } from './ticket-inputs.tsx';
import { EstimateView, LastOrder } from './ticket-summary.tsx';
import { useJudgment, VerdictChecks, VerdictView } from './verdict.tsx';

/** Accounts the engine named, or those seen in its orders and positions; never an invented one. */
const accountsOf = (state: TerminalState): string =>
  [...new Set([...state.positions, ...state.orders].map(({ accountId }) => accountId))].toSorted().join(' ');

export function useAccounts(): readonly string[] {
  const named = useView((view) => view.welcome?.accounts);
  const seen = useEngine(accountsOf);
  if (named && named.length > 0) return named;
  return seen === null || seen === '' ? [] : seen.split(' ');
}

export type TicketProps = { readonly tabs?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

export type TicketFormProps = { readonly instrument: InstrumentDto; readonly accountId: string };

type HandProps = TicketProps & { readonly title: string; readonly Form: (props: TicketFormProps) => ReactElement };

/** The frame of what is started by hand: it needs an account that trades the instrument. */
export function HandPanel({ title, Form, tabs = [], onTab }: HandProps): ReactElement {
  const instrument = useInstrument();
  const accounts = useAccounts();
  const account = instrument ? accountFor(instrument, accounts) : accounts[0];
  const condition = useCondition(
    account === undefined
      ? {
          kind: 'empty',
          title: 'No account',
          detail: 'The engine has named no account to trade this instrument by hand.',
        }
      : READY,
  );
  return (
    <Panel
      digit="4"
      title={title}
      isLinked
      condition={condition}
      tabs={tabs}
      tools={<span className="micro">{account}</span>}
      {...(onTab && { onTab })}
    >
      {instrument && account !== undefined && (
        <Form key={`${instrument.instrumentId} ${account}`} instrument={instrument} accountId={account} />
      )}
    </Panel>
  );
}

export const TicketPanel = (props: TicketProps): ReactElement => (
  <HandPanel {...props} title="Order ticket" Form={Ticket} />
);

/** What a form for orders reads of the engine, renewed each second. */
export function useTicketWorld({ instrument, accountId }: TicketFormProps): TicketWorld {
  const { session } = useTerminal();
  const nowMs = useSecond();
  const day = useEngine((state) => state.strip.dayPnl);
  const book = session.market.book();
  const priceOf = (ticks: number | undefined): string | null =>
    ticks === undefined ? null : stepText(ticks, instrument.tickSize);
  return {
    instrument,
    accountId,
    bestBid: priceOf(book?.bids[0]),
    bestAsk: priceOf(book?.asks[0]),
    equity: day?.currency === instrument.quote ? day.equity : null,
    nowMs,
  };
}

const NO_ORDERS: readonly OrderDto[] = [];
const NO_LOG: TerminalState['log'] = [];

/** The newest order here that came after those that were known. */
function useNewOrder({ instrument, accountId }: TicketFormProps): {
  readonly order: OrderDto | null;
  readonly mark: () => void;
} {
  const orders = useEngine((state) => state.orders) ?? NO_ORDERS;
  const own = orders.filter(
    (order) =>
      order.instrumentId === instrument.instrumentId &&
      order.accountId === accountId &&
      order.strategyId === null &&
      (order.role === 'entry' || order.role === 'exit'),
  );
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  const order = known === null ? null : (own.findLast(({ clientOrderId }) => !known.has(clientOrderId)) ?? null);
  return { order, mark: () => setKnown(new Set(own.map(({ clientOrderId }) => clientOrderId))) };
}

/** What a position would let the ticket close, in whole lots. */
function useClosable({ instrument, accountId }: TicketFormProps, { isClosing, side }: TicketFields): string | null {
  const position = useEngine((state) =>
    state.positions.find((one) => one.accountId === accountId && one.instrumentId === instrument.instrumentId),
  );
  if (!isClosing || !position || signOf(position.quantity) !== (side === 'sell' ? 1 : -1)) return null;
  return lotText(position.quantity, instrument).replaceAll(',', '');
}

function Ticket(props: TicketFormProps): ReactElement {
  const { instrument } = props;
  const world = useTicketWorld(props);
  const [typed, setTyped] = useState(EMPTY_TICKET);
  const fields = settled(typed, instrument);
  const set = (changes: Partial<TicketFields>): void => setTyped((before) => ({ ...before, ...changes }));
  const propose = (): void => {
    const prices = proposedPrices(fields, world);
    set({ ...prices, ...proposedExits({ ...fields, ...prices }, world) });
  };
  const draft = draftOf(fields, world);
  return (
    <TicketSender
      {...props}
      command={draft.kind === 'ready' ? draft.command : null}
      missing={draft.kind === 'open' ? draft.missing : []}
      estimate={estimateOf(fields, world)}
      onSent={() => set({ size: '' })}
    >
      <TicketInputs
        fields={fields}
        world={world}
        problems={draft.kind === 'open' ? draft.problems : {}}
        closable={useClosable(props, fields)}
        onChange={set}
        onPropose={propose}
      />
    </TicketSender>
  );
}

type SenderProps = TicketFormProps & {
  readonly command: PlaceOrder | null;
  readonly missing: readonly string[];
  readonly estimate: Estimate | null;
  readonly onSent: () => void;
  readonly children: ReactNode;
};

/** Asks the gate about the order, sends it, and follows what becomes of it. */
function TicketSender({ command, missing, estimate, onSent, children, ...props }: SenderProps): ReactElement {
  const { instrument } = props;
  const instruments = useInstruments();
  const { send, answer } = useCommand();
  const [isRouted, setRouted] = useState(false);
  const { order, mark } = useNewOrder(props);
  const judged = useJudgment(command);
  const route = command !== null && hasTwin(instrument, instruments) ? routed(command) : null;
  const mayGo = command !== null && judged.kind === 'judged' && judged.judgment.allowed && answer.kind !== 'waiting';
  const submit = (): void => {
    if (!mayGo) return;
    mark();
    void send(isRouted && route !== null ? route : command).then((isTaken) => {
      if (isTaken) onSent();
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <div className="ticket" onKeyDown={onKey}>
      <div className="form">
        {children}
        {route !== null && <BestVenue isOn={isRouted} onChange={setRouted} />}
        <VerdictChecks judged={judged} />
        {isRouted && <LastRoute instrumentId={instrument.instrumentId} />}
      </div>
      <footer>
        {estimate && <EstimateView estimate={estimate} quote={instrument.quote} />}
        <VerdictView judged={judged} answer={answer} />
        {order && <LastOrder order={order} />}
        <button type="button" className={`btn send ${command?.side ?? 'buy'}`} disabled={!mayGo} onClick={submit}>
          {command ? <OrderWords command={command} instrument={instrument} /> : <span>{askText(missing)}</span>}
          <kbd>Ctrl ↵</kbd>
        </button>
      </footer>
    </div>
  );
}

const askText = (missing: readonly string[]): string =>
  missing.length === 0 ? 'See the marked fields' : `Fill in ${missing.join(', ')}`;

type WordsProps = { readonly command: PlaceOrder; readonly instrument: InstrumentDto };

/** Side, quantity and price in words. */
function OrderWords({ command, instrument }: WordsProps): ReactElement {
  const { side, quantity, price, triggerPrice } = command;
  return (
    <span>
      {sideText(side)} <Num>{formatDecimal(quantity)}</Num> {instrument.base} {price === null ? 'at market' : 'at '}
      {price !== null && <Num>{formatDecimal(price)}</Num>}
      {triggerPrice !== null && (
        <>
          {' '}
          from <Num>{formatDecimal(triggerPrice)}</Num>
        </>
      )}
    </span>
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
