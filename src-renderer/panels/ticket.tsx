import { useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import type { InstrumentDto, TerminalState } from '../../src-preload/contract/state.ts';
import { useEngine, useInstrument, useTerminal, useView } from '../app/terminal-context.tsx';
import { useCommand } from '../app/use-command.ts';
import {
  accountFor,
  bracketOf,
  EMPTY_TICKET,
  hasTwin,
  lastRoute,
  proposedEntry,
  proposedExits,
  routed,
  type TicketFields,
} from '../stores/ticket.ts';
import { formatDecimal, formatSigned, isDecimal, multiplyDecimals, subtractDecimals } from '../ui/number-text.ts';
import { Num } from '../ui/number.tsx';
import { useCondition, READY } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';
import { useJudgment, VerdictView } from './verdict.tsx';

/** Accounts the engine named, or those seen in its orders and positions; never an invented one. */
const accountsOf = (state: TerminalState): string =>
  [...new Set([...state.positions, ...state.orders].map(({ accountId }) => accountId))].toSorted().join(' ');

export function useAccounts(): readonly string[] {
  const named = useView((view) => view.welcome?.accounts);
  const seen = useEngine(accountsOf);
  if (named && named.length > 0) return named;
  return seen === null || seen === '' ? [] : seen.split(' ');
}

type TicketProps = { readonly tabs?: readonly PanelTab[]; readonly onTab?: (id: string) => void };

export function TicketPanel({ tabs = [], onTab }: TicketProps): ReactElement {
  const instrument = useInstrument();
  const accounts = useAccounts();
  const account = instrument ? accountFor(instrument, accounts) : accounts[0];
  const condition = useCondition(
    account === undefined
      ? { kind: 'empty', title: 'No account', detail: 'The engine has named no account to trade by hand.' }
      : READY,
  );
  return (
    <Panel
      digit="4"
      title="Order ticket"
      isLinked
      condition={condition}
      tabs={tabs}
      tools={<span className="micro">{account}</span>}
      {...(onTab && { onTab })}
    >
      {instrument && account !== undefined && (
        <Ticket key={instrument.instrumentId} instrument={instrument} accountId={account} />
      )}
    </Panel>
  );
}

type FieldProps = {
  readonly label: string;
  readonly value: string;
  readonly note: ReactNode;
  readonly onChange: (value: string) => void;
};

const Field = ({ label, value, note, onChange }: FieldProps): ReactElement => (
  <label className="field">
    <span>{label}</span>
    <span className="input">
      <input className="n" inputMode="decimal" value={value} onChange={(event) => onChange(event.target.value)} />
      <span className="u n">{note}</span>
    </span>
  </label>
);

/** How far an exit is from the entry, for the whole quantity, exactly. */
function resultText(exit: string, fields: TicketFields): string {
  const { limitPrice, quantity } = fields;
  if (![exit, limitPrice, quantity].every(isDecimal)) return '';
  return formatSigned(multiplyDecimals(subtractDecimals(exit, limitPrice), quantity), 2);
}

const notionalText = ({ limitPrice, quantity }: TicketFields, quote: string): string =>
  isDecimal(limitPrice) && isDecimal(quantity)
    ? `${formatDecimal(multiplyDecimals(limitPrice, quantity), 2)} ${quote}`
    : quote;

const ENTRIES = [
  { entry: 'fok', word: 'Fill or kill', says: 'Marketable limit; stop and target rest from the first fill.' },
  { entry: 'resting', word: 'Post-only', says: 'Rests in the book under the partial-fill guard.' },
] as const;

type ProposeProps = { readonly entry: TicketFields['entry']; readonly onPropose: () => void };

/** Fills in a price of the book and exits around it: a start to change, not advice. */
const ProposeButton = ({ entry, onPropose }: ProposeProps): ReactElement => (
  <button type="button" className="btn tiny propose" onClick={onPropose}>
    {entry === 'fok' ? 'from best ask' : 'from best bid'}
  </button>
);

type InputsProps = {
  readonly fields: TicketFields;
  readonly quote: string;
  readonly onChange: (changes: Partial<TicketFields>) => void;
  readonly onPropose: () => void;
};

const EXITS = [
  ['stopTrigger', 'Stop'],
  ['stopLimit', 'Stop limit'],
  ['target', 'Target'],
] as const;

function TicketInputs({ fields, quote, onChange, onPropose }: InputsProps): ReactElement {
  const { limitPrice, quantity } = fields;
  return (
    <>
      <Field
        label="Price"
        value={limitPrice}
        note={<ProposeButton entry={fields.entry} onPropose={onPropose} />}
        onChange={(text) => onChange({ limitPrice: text })}
      />
      <Field
        label="Quantity"
        value={quantity}
        note={notionalText(fields, quote)}
        onChange={(text) => onChange({ quantity: text })}
      />
      {EXITS.map(([name, label]) => (
        <Field
          key={name}
          label={label}
          value={fields[name]}
          note={resultText(fields[name], fields)}
          onChange={(text) => onChange({ [name]: text })}
        />
      ))}
    </>
  );
}

type TicketFormProps = { readonly instrument: InstrumentDto; readonly accountId: string };

function Ticket({ instrument, accountId }: TicketFormProps): ReactElement {
  const { session } = useTerminal();
  const [fields, setFields] = useState(EMPTY_TICKET);
  const { send, answer } = useCommand();
  const instruments = useView((view) => view.welcome?.instruments) ?? NO_INSTRUMENTS;
  const [isRouted, setRouted] = useState(false);
  const canRoute = fields.entry === 'fok' && hasTwin(instrument, instruments);
  const command = bracketOf(fields, accountId, instrument.instrumentId);
  const judged = useJudgment(command);
  const isAllowed = command !== null && judged.kind === 'judged' && judged.judgment.allowed;
  const set = (changes: Partial<TicketFields>): void => setFields((before) => ({ ...before, ...changes }));
  const fill = (): void => {
    const limitPrice = proposedEntry(fields.entry, session.market.book(), instrument);
    if (limitPrice !== null) set({ limitPrice, ...proposedExits(limitPrice, instrument) });
  };
  const submit = (): void => {
    if (!isAllowed || answer.kind === 'waiting') return;
    void send(canRoute && isRouted ? routed(command) : command).then((isTaken) => {
      if (isTaken) set({ quantity: '' });
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <div className="ticket" onKeyDown={onKey}>
      <SideSwitch instrument={instrument} />
      <EntrySwitch entry={fields.entry} onChange={(entry) => set({ entry })} />
      {canRoute && <BestVenue isOn={isRouted} onChange={setRouted} />}
      <TicketInputs fields={fields} quote={instrument.quote} onChange={set} onPropose={fill} />
      <VerdictView judged={judged} answer={answer} />
      {canRoute && isRouted && <LastRoute instrumentId={instrument.instrumentId} />}
      <button type="button" className="btn buy" disabled={!isAllowed || answer.kind === 'waiting'} onClick={submit}>
        {command ? (
          <>
            Buy <Num>{formatDecimal(command.quantity)}</Num> {instrument.base} at{' '}
            <Num>{formatDecimal(command.limitPrice)}</Num>
          </>
        ) : (
          'Fill in quantity, price, stop and target'
        )}
        <kbd>Ctrl ↵</kbd>
      </button>
    </div>
  );
}

const NO_INSTRUMENTS: readonly InstrumentDto[] = [];
const NO_LOG: TerminalState['log'] = [];

type BestVenueProps = { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void };

/** Where the underlying trades on several venues of ours. The verdict shown is that of this one. */
const BestVenue = ({ isOn, onChange }: BestVenueProps): ReactElement => (
  <label
    className="t2"
    title="Splits the order over the venues that trade it, where it costs least after fees and latency."
  >
    <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} /> Best venue
  </label>
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

/** On spot a position is sold by closing it: a sell without one would open exposure that cannot be protected. */
function SideSwitch({ instrument }: { readonly instrument: InstrumentDto }): ReactElement {
  const isSpot = instrument.product === 'SPOT';
  return (
    <div className="seg side">
      <span className="buy" aria-current="true">
        ▲ Buy
      </span>
      <span className="t3" title={isSpot ? 'On spot, sell by closing the position.' : 'Not in this version.'}>
        ▼ Sell: close a position
      </span>
    </div>
  );
}

type EntrySwitchProps = {
  readonly entry: TicketFields['entry'];
  readonly onChange: (entry: TicketFields['entry']) => void;
};

const EntrySwitch = ({ entry, onChange }: EntrySwitchProps): ReactElement => (
  <div className="seg" role="radiogroup" aria-label="Entry">
    {ENTRIES.map((choice) => (
      <button
        key={choice.entry}
        type="button"
        role="radio"
        title={choice.says}
        aria-checked={choice.entry === entry}
        className={choice.entry === entry ? 'on' : ''}
        onClick={() => onChange(choice.entry)}
      >
        {choice.word}
      </button>
    ))}
  </div>
);
