import type { TerminalState, TradingStateDto } from '../../src-preload/contract/state.ts';
import { startTerminal } from '../app/terminal-app.tsx';
import { SampleBridge, type SampleOptions } from './sample-bridge.ts';
import { SAMPLE_NOW_US } from './sample-markets.ts';
import { sampleReconciliation, sampleStopReport } from './sample-recovery.ts';
import { sampleState } from './sample-state.ts';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/terminal.css';

/* The terminal over made-up data: ?state=halted&theme=light&palette=blue-orange&without=market&line=lost */
const query = new URLSearchParams(location.search);

function stateOf(tradingState: TradingStateDto): TerminalState {
  const state = sampleState();
  const isStopped = tradingState === 'halted' || tradingState === 'stopping';
  const strip = { ...state.strip, tradingState };
  if (!isStopped) return { ...state, strip };
  const stop =
    tradingState === 'halted' ? sampleStopReport : { ...sampleStopReport, finishedAtUs: null, verifiedFlat: false };
  return {
    ...state,
    stop,
    reconciliation: query.get('differences') === null ? state.reconciliation : sampleReconciliation,
    strip: {
      ...strip,
      tradingStateSinceUs: SAMPLE_NOW_US,
      tradingStateReason: 'emergency stop',
      workingOrders: { own: 1, unknown: 1, foreign: 1 },
      dayPnl: { ...strip.dayPnl, amount: '-984.33', ratio: -0.0039, left: '1515.67', equity: '249015.67' },
    },
    positions: [],
    orders: state.orders.filter((order) => order.foreign || order.pending !== null),
  };
}

// Everything in the pictures happens at one moment.
if (query.get('clock') !== 'running') Date.now = () => SAMPLE_NOW_US / 1000;
localStorage.setItem(
  'leeward.preferences',
  JSON.stringify({ theme: query.get('theme') ?? 'dark', palette: query.get('palette') ?? 'green-red' }),
);
const without = (query.get('without')?.split(',') ?? []) as NonNullable<SampleOptions['without']>;
const bridge = new SampleBridge({ state: stateOf((query.get('state') ?? 'active') as TradingStateDto), without });
const root = document.getElementById('root');
if (!root) throw new Error('expected an element with the id root, was none');
startTerminal(bridge, root);
if (query.get('line') === 'lost') {
  setTimeout(() => {
    Date.now = () => SAMPLE_NOW_US / 1000 + 8400;
    bridge.receiver?.onStatus('closed', 'code 1006');
  }, 300);
}
