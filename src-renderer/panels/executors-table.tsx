import { useState, type ReactElement } from 'react';
import type { ExecutorDto, OrderDto } from '../../src-preload/contract/state.ts';
import { useEngine, useInstruments, useTerminal } from '../app/terminal-context.tsx';
import type { CommandSender } from '../app/use-command.ts';
import { executorReasonText, executorText, reasonText, sideText } from '../app/words.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Num } from '../ui/number.tsx';
import { formatDecimal } from '../ui/number-text.ts';
import { clockText } from '../ui/time-text.ts';
import { MarketName } from './market-name.tsx';
import { OrdersTable } from './orders-table.tsx';
import { onRowKey } from './row-focus.ts';

/** `wide`: left out where the panel is narrow; what it says is in the row's titles then. */
const HEADS: readonly (readonly [string, string, number | undefined])[] = [
  ['Started', 'wide', 74],
  ['Executor', '', 60],
  ['Instrument', '', 72],
  ['Side', '', 52],
  ['Filled', 'r wide', 84],
  ['Of', 'r wide', 84],
  ['Progress', '', 62],
  ['Children', 'r wide', 64],
  ['State', '', undefined],
];

const progressOf = ({ filled, quantity }: ExecutorDto): number =>
  Math.min(1, Math.max(0, Number(filled) / Number(quantity)));

function Progress({ executor }: { readonly executor: ExecutorDto }): ReactElement {
  const ratio = progressOf(executor);
  return (
    <span
      className="row gap1"
      title={`${formatDecimal(executor.filled)} of ${formatDecimal(executor.quantity)} in ${executor.children} children, ${executor.openChildren} open`}
    >
      <span className="bar grow" aria-hidden="true">
        <i style={{ width: `${ratio * 100}%` }} />
      </span>
      <Num>{Math.floor(ratio * 100)}%</Num>
    </span>
  );
}

/** A working one whose children are denied, or that trading stopped, says so. */
function stateText({ lastDenial, reason, status }: ExecutorDto): string {
  if (status === 'working') return lastDenial === null ? status : `denied: ${reasonText(lastDenial)}`;
  return reason === null ? status : `${status}: ${executorReasonText(reason)}`;
}

function State({ executor }: { readonly executor: ExecutorDto }): ReactElement {
  const { lastDenial, reason, status } = executor;
  const text = stateText(executor);
  if (status === 'stopped' && reason === 'EMERGENCY_STOP')
    return (
      <span className="chip bad">
        <Icon name="octagon" /> {text}
      </span>
    );
  if (status === 'paused')
    return (
      <span className="chip warn">
        <Icon name="pause" /> {text}
      </span>
    );
  return <span className={status === 'working' && lastDenial !== null ? 'chip warn' : 't2'}>{text}</span>;
}

type ActionProps = {
  readonly name: string;
  readonly icon: IconName;
  readonly executor: ExecutorDto;
  readonly refused?: string | null;
  readonly onAct: () => void;
};

function Action({ name, icon, executor, refused = null, onAct }: ActionProps): ReactElement {
  return (
    <button
      type="button"
      className={name === 'Stop' ? 'rowbtn' : 'rowbtn calm'}
      disabled={refused !== null}
      title={refused ?? name}
      aria-label={`${name} ${executorText(executor.executor)} ${executor.instrumentId}`}
      onClick={(event) => {
        event.stopPropagation();
        onAct();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

type ActionsProps = { readonly executor: ExecutorDto; readonly sender: CommandSender };
type RowProps = ActionsProps & { readonly isShown: boolean; readonly onShow: (executorId: string) => void };

function Actions({ executor, sender }: ActionsProps): ReactElement | null {
  const trading = useEngine((state) => state.strip.tradingState);
  const { executorId, status } = executor;
  if (status !== 'working' && status !== 'paused') return null;
  const refused = trading === 'active' ? null : `Trading is ${trading ?? 'unknown'}: nothing resumes`;
  const send = (kind: 'pauseExecutor' | 'resumeExecutor' | 'stopExecutor') => (): void =>
    void sender.send({ kind, executorId });
  return (
    <>
      {status === 'working' ? (
        <Action name="Pause" icon="pause" executor={executor} onAct={send('pauseExecutor')} />
      ) : (
        <Action name="Resume" icon="play" executor={executor} refused={refused} onAct={send('resumeExecutor')} />
      )}
      <Action name="Stop" icon="cross" executor={executor} onAct={send('stopExecutor')} />
    </>
  );
}

function ExecutorRow({ executor, sender, isShown, onShow }: RowProps): ReactElement {
  const { session } = useTerminal();
  const { children, executorId, filled, instrumentId, openChildren, quantity, reduceOnly, side, startedAtUs } =
    executor;
  const isBuy = side === 'buy';
  return (
    <tr
      className={isShown ? 'sel' : ''}
      tabIndex={-1}
      title={`Executor ${executorId}`}
      onClick={() => {
        session.select(instrumentId);
        onShow(executorId);
      }}
    >
      <td className="wide">
        <Num>{clockText(startedAtUs)}</Num>
      </td>
      <td>{executorText(executor.executor)}</td>
      <td>
        <MarketName instrumentId={instrumentId} />
      </td>
      <td className={isBuy ? 'up' : 'down'}>
        {isBuy ? '▲' : '▼'} {sideText(side)}
        {reduceOnly && <span className="t3"> exit</span>}
      </td>
      <td className="r wide">
        <Num>{formatDecimal(filled)}</Num>
      </td>
      <td className="r t2 wide">
        <Num>{formatDecimal(quantity)}</Num>
      </td>
      <td>
        <Progress executor={executor} />
      </td>
      <td className="r t2 wide" title={`${openChildren} open of ${children} placed`}>
        <Num>
          {openChildren}/{children}
        </Num>
      </td>
      <td title={stateText(executor)}>
        <State executor={executor} />
      </td>
      <td className="r">
        <Actions executor={executor} sender={sender} />
      </td>
    </tr>
  );
}

type TableProps = { readonly executors: readonly ExecutorDto[]; readonly sender: CommandSender };

/** Parent orders, newest first, and the children of one; pausing and stopping take their open children back. */
export function ExecutorsTable({ executors, sender }: TableProps): ReactElement {
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = executors.find(({ executorId }) => executorId === chosen) ?? executors.at(-1);
  return (
    <div className="content scroll blotter">
      <table className="table" onKeyDown={onRowKey}>
        <colgroup>
          {HEADS.map(([head, side, width]) => (
            <col key={head} className={side} style={{ width }} />
          ))}
          <col style={{ width: 46 }} />
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
          {executors.toReversed().map((executor) => (
            <ExecutorRow
              key={executor.executorId}
              executor={executor}
              sender={sender}
              isShown={executor === shown}
              onShow={setChosen}
            />
          ))}
        </tbody>
      </table>
      {shown && <Children executor={shown} sender={sender} />}
    </div>
  );
}

const NO_ORDERS: readonly OrderDto[] = [];

/** Newest first; those that ended long ago leave with the closed orders. */
function Children({ executor, sender }: ActionsProps): ReactElement {
  const instruments = useInstruments();
  const all = useEngine((state) => state.orders) ?? NO_ORDERS;
  const children = all
    .filter(({ parentId }) => parentId === executor.executorId)
    .toSorted((a, b) => b.createdAtUs - a.createdAtUs);
  const cancel = ({ clientOrderId }: OrderDto): void => void sender.send({ kind: 'cancelOrder', clientOrderId });
  return (
    <>
      <div className="sec">
        <span>
          Children of {executorText(executor.executor)} <Num className="t3">{executor.executorId}</Num>
        </span>
        <span className="t3">
          {executor.openChildren} open of {executor.children}
        </span>
      </div>
      {children.length === 0 ? (
        <p className="none">No child placed yet.</p>
      ) : (
        <OrdersTable orders={children} instruments={instruments} onCancel={cancel} />
      )}
    </>
  );
}
