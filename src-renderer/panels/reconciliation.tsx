import type { ReactElement } from 'react';
import type {
  DifferenceDto,
  DifferenceSideDto,
  InstallationDto,
  ReconciliationDto,
  UnmanagedDto,
} from '../../src-preload/contract/state.ts';
import { useEngine } from '../app/terminal-context.tsx';
import { useCommand, type CommandSender } from '../app/use-command.ts';
import { statusText } from '../app/words.ts';
import { Icon } from '../ui/icons.tsx';
import { Missing, Num } from '../ui/number.tsx';
import { formatDecimal } from '../ui/number-text.ts';
import { clockText } from '../ui/time-text.ts';
import { useCondition, READY } from './condition.ts';
import { Panel, type PanelTab } from './panel.tsx';

const KIND_WORDS: Readonly<Record<DifferenceDto['kind'], string>> = {
  orderChanged: 'Order went on',
  orderFound: 'Order not in journal',
  orderForeign: 'Foreign order',
  positionChanged: 'Position moved',
  positionDiffers: 'Position differs',
  balanceChanged: 'Balance moved',
};
const PROPOSAL_WORDS: Readonly<Record<DifferenceDto['proposed'], string>> = {
  book: 'Booked: proven by its trades',
  adopt: 'Keep as ours',
  leave: 'Leave alone, show it',
  take: "Take the venue's figure",
  correct: "Set ours to the venue's figure",
};
const ACCEPTED_WORDS = { trader: 'confirmed', policy: 'by policy', venue: 'gone' } as const;

function Side({ side }: { readonly side: DifferenceSideDto }): ReactElement {
  if (side.status === null && side.quantity === null) return <Missing reason="not known on this side" />;
  return (
    <>
      {side.status !== null && <span className="t2">{statusText(side.status)} </span>}
      {side.quantity !== null && <Num>{formatDecimal(side.quantity)}</Num>}
    </>
  );
}

const subjectOf = ({ asset, clientOrderId, instrumentId, venueOrderId }: DifferenceDto): string => {
  const place = asset ?? instrumentId?.split('.')[0] ?? '';
  const id = clientOrderId?.slice(-6) ?? venueOrderId?.slice(-8) ?? '';
  return id === '' ? place : `${place} ${id}`;
};

type RowProps = { readonly difference: DifferenceDto; readonly sender: CommandSender };

function DifferenceRow({ difference, sender }: RowProps): ReactElement {
  const { acceptedBy, id, kind, proposed } = difference;
  const isOpen = acceptedBy === null;
  return (
    <li className={isOpen ? 'difference open' : 'difference'}>
      <span>
        <b className={isOpen ? 'warn' : 't2'}>{KIND_WORDS[kind]}</b>{' '}
        <span title={difference.clientOrderId ?? difference.venueOrderId ?? ''}>{subjectOf(difference)}</span>{' '}
        <span className="t3">{difference.accountId}</span>
      </span>
      <Num className="t3">{clockText(difference.foundAtUs)}</Num>
      <span className="t2">
        believed <Side side={difference.believed} /> · venue says <Side side={difference.venue} />
      </span>
      {isOpen ? (
        <button
          type="button"
          className="btn"
          aria-label={`Confirm: ${KIND_WORDS[kind]}, ${subjectOf(difference)}`}
          onClick={() => void sender.send({ kind: 'confirmDifferences', ids: [id] })}
        >
          Confirm
        </button>
      ) : (
        <span className="up row gap1">
          <Icon name="check" /> {ACCEPTED_WORDS[acceptedBy]}
        </span>
      )}
      <span className="t3 small">{PROPOSAL_WORDS[proposed]}</span>
    </li>
  );
}

type ListProps = { readonly differences: readonly DifferenceDto[]; readonly sender: CommandSender };

function DifferenceList({ differences, sender }: ListProps): ReactElement {
  const rank = ({ acceptedBy }: DifferenceDto): number => (acceptedBy === null ? 0 : 1);
  const shown = differences.toSorted((a, b) => rank(a) - rank(b) || b.foundAtUs - a.foundAtUs);
  return (
    <ul className="differences">
      {shown.map((difference) => (
        <DifferenceRow key={difference.id} difference={difference} sender={sender} />
      ))}
    </ul>
  );
}

const OWNER_WORDS: Readonly<Record<InstallationDto['owner'], string>> = {
  undecided: 'Entries are blocked until you say whose account it is.',
  this: 'Chosen as ours: its orders are taken over with the next look.',
  other: 'Left to it: this engine only reduces.',
};

function Installation({
  other,
  sender,
}: {
  readonly other: InstallationDto;
  readonly sender: CommandSender;
}): ReactElement {
  const { accountId, installation, isTaken, owner } = other;
  const choose = (chosen: 'this' | 'other'): void =>
    void sender.send({ kind: 'chooseOwner', accountId, installation, owner: chosen });
  return (
    <div className="difference open" role="alert">
      <b className="dangerc">Another Leeward trades {accountId}</b>
      <Num className="t3">{clockText(other.firstSeenUs)}</Num>
      <span className="t2">
        Installation <Num>{installation}</Num>. {isTaken ? 'Taken over.' : OWNER_WORDS[owner]}
      </span>
      {!isTaken && (
        <span className="choices">
          <button type="button" className="btn" onClick={() => choose('this')}>
            Take over its orders
          </button>
          <button type="button" className="btn" disabled={owner === 'other'} onClick={() => choose('other')}>
            Leave it the account
          </button>
        </span>
      )}
    </div>
  );
}

const unmanagedText = (unmanaged: readonly UnmanagedDto[]): string =>
  unmanaged.map(({ accountId, asset, quantity }) => `${formatDecimal(quantity)} ${asset} (${accountId})`).join(' · ');

/** Something that a person has to look at before the engine is re-armed. */
export const needsAttention = ({ comparing, differences, otherInstallations }: ReconciliationDto): boolean =>
  comparing.length > 0 ||
  differences.some(({ acceptedBy }) => acceptedBy === null) ||
  otherInstallations.some(({ isTaken }) => !isTaken);

type ReconciliationProps = { readonly tabs: readonly PanelTab[]; readonly onTab: (id: string) => void };

const NOTHING: ReconciliationDto = { comparing: [], differences: [], otherInstallations: [], unmanaged: [] };

/** What is told of the comparison, and what of it waits for a word. */
export function useReconciliation(): {
  readonly told: ReconciliationDto;
  readonly open: readonly DifferenceDto[];
  /** Orders the venue was not yet heard about. */
  readonly waiting: number;
} {
  const told = useEngine((state) => state.reconciliation) ?? NOTHING;
  return {
    told,
    open: told.differences.filter(({ acceptedBy }) => acceptedBy === null),
    waiting: told.comparing.reduce((sum, { orders }) => sum + orders, 0),
  };
}

/** Believed beside what the venue says, line by line; nothing is re-armed before each is confirmed. */
export function ReconciliationPanel({ tabs, onTab }: ReconciliationProps): ReactElement {
  const sender = useCommand();
  const { told, open, waiting } = useReconciliation();
  const lines = told.differences.length + told.otherInstallations.length + told.comparing.length;
  const condition = useCondition(
    lines === 0 ? { kind: 'empty', title: 'No difference', detail: emptyText(told) } : READY,
  );
  return (
    <Panel
      digit="7"
      title="Differences"
      tabs={tabs}
      onTab={onTab}
      isAlarm={open.length > 0}
      isScrolling
      condition={condition}
    >
      {sender.answer.kind === 'failed' && (
        <div className="statebar failed" role="alert">
          {sender.answer.text}
        </div>
      )}
      {told.otherInstallations.map((other) => (
        <Installation key={`${other.accountId} ${other.installation}`} other={other} sender={sender} />
      ))}
      <ConfirmAll open={open} waiting={waiting} sender={sender} />
      <DifferenceList differences={told.differences} sender={sender} />
      <Remarks told={told} waiting={waiting} />
    </Panel>
  );
}

function Remarks({ told, waiting }: { readonly told: ReconciliationDto; readonly waiting: number }): ReactElement {
  return (
    <>
      {waiting > 0 && <p className="none">The venue was not yet heard about {waiting} orders. More lines may come.</p>}
      {told.unmanaged.length > 0 && <p className="none">Not ours, never sold: {unmanagedText(told.unmanaged)}</p>}
    </>
  );
}

const emptyText = ({ unmanaged }: ReconciliationDto): string =>
  unmanaged.length === 0
    ? 'The venue says what the journal says.'
    : `The venue says what the journal says. Not ours, never sold: ${unmanagedText(unmanaged)}`;

type ToolsProps = {
  readonly open: readonly DifferenceDto[];
  readonly waiting: number;
  readonly sender: CommandSender;
};

function ConfirmAll({ open, waiting, sender }: ToolsProps): ReactElement {
  const confirm = (): void => void sender.send({ kind: 'confirmDifferences', ids: open.map(({ id }) => id) });
  return (
    <div className="difference">
      <span>
        {open.length} open <span className="t3">{waiting === 0 ? '' : `${waiting} still asked about`}</span>
      </span>
      <button type="button" className="btn" disabled={open.length === 0} onClick={confirm}>
        Confirm all
      </button>
    </div>
  );
}
