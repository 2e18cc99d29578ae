import type { ReactElement, ReactNode } from 'react';
import { useStore } from 'zustand';
import type { StripDto, TradingStateDto } from '../../src-preload/contract/state.ts';
import { useLineCondition } from '../panels/condition.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { arrowOf, Missing, Num, toneOf } from '../ui/number.tsx';
import {
  formatDecimal,
  formatNumber,
  formatRatio,
  formatSigned,
  formatSignedRatio,
  MINUS,
  signOf,
} from '../ui/number-text.ts';
import { stateColor } from '../ui/state-color.ts';
import { ageText, clockText } from '../ui/time-text.ts';
import { DayBar } from './day-bar.tsx';
import { StateMenu } from './state-menu.tsx';
import { useEngine, useTerminal } from './terminal-context.tsx';
import { reasonText } from './words.ts';

const STATE_SHAPES: Readonly<Record<TradingStateDto, IconName>> = {
  active: 'play',
  reducing: 'triangleDown',
  stopping: 'square',
  halted: 'octagon',
};

type CellProps = {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly note: ReactNode;
  readonly className?: string;
};

const Cell = ({ label, value, note, className = '' }: CellProps): ReactElement => (
  <div className={`cell ${className}`}>
    <div className="l">{label}</div>
    <div className="v">{value}</div>
    <div className="s">{note}</div>
  </div>
);

const Ms = ({ value, digits, unit = 'ms' }: { value: number | null; digits: number; unit?: string }): ReactElement =>
  value === null ? (
    <Missing reason="not measured yet" />
  ) : (
    <>
      <Num>{formatNumber(value, digits)}</Num> <small>{unit}</small>
    </>
  );

/** The engine's word while the line is well; otherwise that it is not known, and what it was. */
function StateCell({ strip }: { readonly strip: StripDto }): ReactElement {
  const line = useLineCondition();
  if (line?.kind === 'stale')
    return (
      <div className="cell state" style={stateColor('var(--warn)')} role="alert">
        <Icon name="question" />
        <div>
          <div className="l">Trading state</div>
          <div className="v">NO LINE</div>
          <div className="s">
            was {strip.tradingState.toUpperCase()} {line.ageMs === null ? '' : `${ageText(line.ageMs)} ago`}
          </div>
        </div>
      </div>
    );
  const state = strip.tradingState;
  return (
    <StateMenu
      state={state}
      mode={strip.mode}
      style={stateColor(`var(--state-${state})`)}
      label={
        <>
          <Icon name={STATE_SHAPES[state]} />
          <span>
            <span className="l">Trading state</span>
            <span className="v" style={{ display: 'block' }}>
              {state.toUpperCase()}
            </span>
            <span className="s" style={{ display: 'block' }}>
              {reasonText(strip.tradingStateReason)} {clockText(strip.tradingStateSinceUs)}
            </span>
          </span>
        </>
      }
    />
  );
}

function FeedCell({ feed }: { readonly feed: StripDto['feed'] }): ReactElement {
  const isOver = feed.worstAgeMs !== null && feed.worstAgeMs > feed.limitMs;
  const short = feed.total - feed.live;
  return (
    <Cell
      label="Feed age"
      className={isOver || short > 0 ? 'warned' : ''}
      value={
        <span className={isOver ? 'warn' : ''}>
          <Ms value={feed.worstAgeMs} digits={0} />
        </span>
      }
      note={
        <>
          {short > 0 ? <span className="warn">{short} not live</span> : 'worst'} of {feed.total} · limit{' '}
          {formatNumber(feed.limitMs)}
        </>
      }
    />
  );
}

/** The stop stays armed after it fired; until the state is left, that it fired is the news. */
function StopWord({ isArmed, hasFired }: { readonly isArmed: boolean; readonly hasFired: boolean }): ReactElement {
  if (!isArmed) return <span className="dangerc">NOT ARMED</span>;
  if (hasFired)
    return (
      <>
        <span className="dangerc">FIRED</span> <small>and armed</small>
      </>
    );
  return (
    <>
      <span style={{ color: 'var(--state-active)' }}>ARMED</span> <kbd>Ctrl</kbd> <kbd>Shift</kbd> <kbd>S</kbd>
    </>
  );
}

function StopCell({ strip }: { readonly strip: StripDto }): ReactElement {
  const { armed, reason, guardianMs } = strip.emergencyStop;
  const isReported = useEngine((state) => state.stop !== null);
  const hasFired = isReported === true && (strip.tradingState === 'halted' || strip.tradingState === 'stopping');
  const guardian = guardianMs === null ? 'guardian not heard' : `guardian ${formatNumber(guardianMs)} ms`;
  return (
    <Cell
      label="Emergency stop"
      value={<StopWord isArmed={armed} hasFired={hasFired} />}
      note={armed ? `key, button, leeward stop · ${guardian}` : <span className="dangerc">{reason ?? guardian}</span>}
    />
  );
}

function OrdersCell({ orders }: { readonly orders: StripDto['workingOrders'] }): ReactElement {
  return (
    <Cell
      label="Working orders"
      value={
        <>
          <Num>{orders.own}</Num> <small>own</small>
          {orders.unknown > 0 && <small className="warn">, {orders.unknown} unknown</small>}
        </>
      }
      note={`${orders.foreign} foreign`}
    />
  );
}

function ProtectionCell({ protection }: { readonly protection: StripDto['protection'] }): ReactElement {
  const { protectedRatio, bareNow, unprotectedMs } = protection;
  const value =
    protectedRatio === null ? (
      <span className="t2">flat</span>
    ) : (
      <span className={bareNow > 0 ? 'dangerc' : ''}>
        <Num>{formatRatio(protectedRatio, 0).replace(' %', '')}</Num> <small>%</small>
      </span>
    );
  return (
    <Cell
      label="Protected"
      value={value}
      note={bareNow > 0 ? <span className="dangerc">{bareNow} bare now</span> : `bare today ${ageText(unprotectedMs)}`}
    />
  );
}

function PnlCell({ pnl }: { readonly pnl: StripDto['dayPnl'] }): ReactElement {
  const sign = pnl.amount === null ? 0 : signOf(pnl.amount);
  return (
    <div className="cell pnlcell">
      <div className="l" style={{ justifyContent: 'space-between' }}>
        <span>Day PnL</span>
        {pnl.limit === null || pnl.left === null ? (
          <span>no limit set</span>
        ) : (
          <span>
            limit <Num>{MINUS + formatDecimal(pnl.limit, 2)}</Num> · left <Num>{formatDecimal(pnl.left, 2)}</Num>
          </span>
        )}
      </div>
      <div className="row gap2">
        <span className={`v ${toneOf(sign)}`}>
          {pnl.amount === null ? (
            <Missing reason="a conversion rate is missing or nothing was valued yet" />
          ) : (
            <Num>{`${arrowOf(sign)} ${formatSigned(pnl.amount, 2)}`}</Num>
          )}
        </span>
        {pnl.ratio !== null && <Num className={toneOf(sign)}>{formatSignedRatio(pnl.ratio)}</Num>}
        <span className="grow" style={{ marginLeft: 6 }}>
          <DayBar amount={pnl.amount} limit={pnl.limit} />
        </span>
      </div>
      <div className="s">
        equity {pnl.equity === null ? <Missing reason="not valued" /> : <Num>{formatDecimal(pnl.equity, 2)}</Num>}{' '}
        {pnl.currency}
      </div>
    </div>
  );
}

/** One click, no question: the engine's stop is latched and idempotent. */
function StopButton(): ReactElement {
  const { stop } = useTerminal();
  const isSent = useStore(stop.store, (delivery) => delivery.kind === 'sent');
  return (
    <button type="button" className="btn danger stopbtn" onClick={() => stop.press('button')}>
      <Icon name="octagon" />
      <span>{isSent ? 'STOPPING…' : 'STOP ALL'}</span>
      <kbd>Ctrl Shift S</kbd>
    </button>
  );
}

/** Never scrolls away, and never hides the button: it stands before the first snapshot too. */
export function SafetyStrip(): ReactElement {
  const strip = useEngine((state) => state.strip);
  const line = useLineCondition();
  return (
    <div className={line ? 'strip old' : 'strip'} data-region="" role="region" tabIndex={-1} aria-label="Safety strip">
      {strip ? <StripCells strip={strip} /> : <WaitingCell />}
      <StopButton />
    </div>
  );
}

const WaitingCell = (): ReactElement => (
  <div className="cell state" style={stateColor('var(--warn)')} role="status">
    <Icon name="question" />
    <div>
      <div className="l">Trading state</div>
      <div className="v">NOT KNOWN</div>
      <div className="s">waiting for the engine</div>
    </div>
  </div>
);

function StripCells({ strip }: { readonly strip: StripDto }): ReactElement {
  const { engineLag, roundTrip } = strip;
  return (
    <>
      <StateCell strip={strip} />
      <Cell label="Mode" value={strip.mode.toUpperCase()} note={strip.venueLabel} className="mode" />
      <FeedCell feed={strip.feed} />
      <Cell
        label="Engine lag"
        value={<Ms value={engineLag.p99Ms} digits={2} unit="ms p99" />}
        note={engineLag.p50Ms === null ? 'not measured yet' : `p50 ${formatNumber(engineLag.p50Ms, 2)}`}
      />
      <Cell
        label="Order round trip"
        value={<Ms value={roundTrip.lastMs} digits={0} />}
        note={
          roundTrip.p99Ms === null
            ? 'no order yet'
            : `p99 ${formatNumber(roundTrip.p99Ms)} ms · last ${formatNumber(roundTrip.samples)}`
        }
      />
      <StopCell strip={strip} />
      <OrdersCell orders={strip.workingOrders} />
      <ProtectionCell protection={strip.protection} />
      <PnlCell pnl={strip.dayPnl} />
    </>
  );
}
