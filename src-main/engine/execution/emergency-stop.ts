import type { AccountId } from '../domain/identifiers.ts';
import { isTerminal } from '../domain/order.ts';
import { isFlat } from './coverage.ts';
import { venueLink, type EmergencyStop, type Exposure, type OrderRecord, type Turn } from './execution-state.ts';
import { startFlattening } from './flattening.ts';
import { settleStopAction } from './stop-report.ts';
import { changeTradingState } from './trading-state-latch.ts';

/**
 * One latched stop however often and from wherever it is asked for. Cancels and flattens all that is ours, and ends only
 * when a look at each venue, taken after the last action, shows nothing left. Needs no strategy, gate or model.
 */
export function requestStop(turn: Turn, source: string): void {
  const running = runningStop(turn);
  if (running !== null) {
    if (running.report.sources.includes(source)) return;
    running.report = { ...running.report, sources: [...running.report.sources, source] };
    running.dirty = true;
    return;
  }
  const report = { startedAtUs: turn.timeUs, sources: [source], finishedAtUs: null, actions: [], verifiedFlat: false };
  turn.state.stop = { report, dirty: true, asked: [], verified: [] };
  changeTradingState(turn, 'stopping', 'EMERGENCY_STOP', [source]);
  turn.emit({ kind: 'alert.raised', alert: { code: 'EMERGENCY_STOP', severity: 'critical', params: { source } } });
  for (const exposure of turn.state.exposures.values()) turn.touched.add(exposure);
}

function runningStop(turn: Turn): EmergencyStop | null {
  return turn.state.tradingState === 'stopping' ? turn.state.stop : null;
}

/** While stopping, whatever is open is flattened: also a fill that comes late. */
export function takeOver(turn: Turn, exposure: Exposure): void {
  if (runningStop(turn) !== null && !isQuiet(turn, exposure)) {
    startFlattening(turn, exposure, { by: 'emergencyStop' });
  }
}

const isQuiet = (turn: Turn, exposure: Exposure): boolean =>
  exposure.openOrders.length === 0 && isFlat(turn.state, exposure);

/** Publishes progress; asks for proof when nothing is left to do; ends the stop when every account is proven. */
export function advanceStop(turn: Turn): void {
  const stop = runningStop(turn);
  if (stop === null) return;
  settleActions(turn, stop);
  for (const { accountId } of turn.state.accounts) {
    if (stop.verified.includes(accountId) || stop.asked.includes(accountId)) continue;
    if (isAccountQuiet(turn, accountId)) venueLink(turn.state, accountId).wanted = 'EMERGENCY_STOP';
  }
  if (turn.state.accounts.every(({ accountId }) => stop.verified.includes(accountId))) {
    stop.report = { ...stop.report, finishedAtUs: turn.timeUs, verifiedFlat: true };
    stop.dirty = true;
    changeTradingState(turn, 'halted', 'EMERGENCY_STOP', stop.report.sources);
  }
  if (!stop.dirty) return;
  stop.dirty = false;
  turn.emit({ kind: 'stop.progressed', report: stop.report });
}

/** A look asked for while the account is quiet can prove that it stays so. */
export function noteStopAsked(turn: Turn, accountId: AccountId): void {
  const stop = runningStop(turn);
  if (stop === null || stop.asked.includes(accountId) || !isAccountQuiet(turn, accountId)) return;
  stop.asked = [...stop.asked, accountId];
}

/** After the look was applied: what it found of ours is open again by now. */
export function noteStopLook(turn: Turn, accountId: AccountId): void {
  const stop = runningStop(turn);
  if (stop === null || !stop.asked.includes(accountId)) return;
  if (isAccountQuiet(turn, accountId)) stop.verified = [...stop.verified, accountId];
  else stop.asked = stop.asked.filter((id) => id !== accountId);
}

function isAccountQuiet(turn: Turn, accountId: AccountId): boolean {
  const own = [...turn.state.exposures.values()].filter((exposure) => exposure.accountId === accountId);
  return own.every((exposure) => isQuiet(turn, exposure));
}

function settleActions(turn: Turn, stop: EmergencyStop): void {
  for (const { action, clientOrderId, outcome } of stop.report.actions) {
    const record = outcome === 'done' ? undefined : turn.state.orders.get(clientOrderId);
    if (record === undefined) continue;
    if (action === 'cancel' && isTerminal(record.status)) settle(turn, action, record);
    if (action === 'exit' && isTerminal(record.status) && record.status !== 'rejected') settle(turn, action, record);
    if (action === 'restStop' && record.placed) settle(turn, action, record);
  }
}

function settle(turn: Turn, action: 'cancel' | 'exit' | 'restStop', record: OrderRecord): void {
  const evidence = `${record.status} ${record.filled}/${record.spec.quantity}`;
  settleStopAction(turn, action, record.spec.clientOrderId, 'done', evidence);
}
