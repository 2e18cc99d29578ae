import type { ReactElement } from 'react';
import type { InstrumentDto, TerminalState } from '../../src-preload/contract/state.ts';
import { useEngine, useInstrument, useSecond, useTerminal, useView } from '../app/terminal-context.tsx';
import type { TicketFields, TicketWorld } from '../stores/ticket-fields.ts';
import { accountFor } from '../stores/ticket.ts';
import { signOf, stepText } from '../ui/number-text.ts';
import { READY, useCondition } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';
import { lotText } from './position-rows.ts';

/** Accounts the engine named, or those seen in its orders and positions; never an invented one. */
const accountsOf = (state: TerminalState): string =>
  [...new Set([...state.positions, ...state.orders].map(({ accountId }) => accountId))].toSorted().join(' ');

function useAccounts(): readonly string[] {
  const named = useView((view) => view.welcome?.accounts);
  const seen = useEngine(accountsOf);
  if (named && named.length > 0) return named;
  return seen === null || seen === '' ? [] : seen.split(' ');
}

export type HandPanelProps = { readonly tabs?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

export type HandFormProps = { readonly instrument: InstrumentDto; readonly accountId: string };

type FrameProps = HandPanelProps & {
  readonly title: string;
  readonly Form: (props: HandFormProps) => ReactElement;
};

/** The frame of what is started by hand: it needs an account that trades the instrument. */
export function HandPanel({ title, Form, tabs = [], onTab }: FrameProps): ReactElement {
  const instrument = useInstrument();
  const accounts = useAccounts();
  const account = instrument ? accountFor(instrument, accounts) : accounts[0];
  const condition = useCondition(
    account === undefined
      ? { kind: 'empty', title: 'No account', detail: 'The engine has named no account to trade this by hand.' }
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

/** What a form for orders reads of the engine, renewed each second. */
export function useTicketWorld({ instrument, accountId }: HandFormProps): TicketWorld {
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

/** What the position would let such an order close, in whole lots; null for nothing. */
export function useClosable(
  { instrument, accountId }: HandFormProps,
  { isClosing, side }: Pick<TicketFields, 'isClosing' | 'side'>,
): string | null {
  const position = useEngine((state) =>
    state.positions.find((one) => one.accountId === accountId && one.instrumentId === instrument.instrumentId),
  );
  if (!isClosing || !position || signOf(position.quantity) !== (side === 'sell' ? 1 : -1)) return null;
  return lotText(position.quantity, instrument).replaceAll(',', '');
}
