import type { Command, CommandEnvelope } from '../domain/command.ts';
import type { Denial, DenialCode, DenialParams } from '../domain/denial.ts';
import type { PriceReference } from '../domain/market.ts';
import { STATE_CHANGES, type TradingState } from '../domain/trading-state.ts';
import { requestStop } from '../execution/emergency-stop.ts';
import type { Turn } from '../execution/execution-state.ts';
import { changeTradingState } from '../execution/trading-state-latch.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { enterBracket } from './entry-path.ts';
import { cancelAll, cancelOrder, closePosition } from './order-commands.ts';

type Received = { readonly envelope: CommandEnvelope; readonly reference: PriceReference | null };

/** Checks, carries out and answers a command. */
export function receiveCommand(parts: Parts, turn: Turn, received: Received): void {
  const { envelope } = received;
  const refusal = judgeEnvelope(parts, turn, envelope);
  if (refusal === null) parts.state.commands.set(envelope.commandId, envelope.expiresAtUs);
  const denial = refusal ?? carryOut(parts, turn, received);
  turn.emit({ kind: 'command.answered', commandId: envelope.commandId, denial });
}

/** Denies expired and replayed commands and roles that may not act. A stop is never too late and never too often. */
function judgeEnvelope(parts: Parts, turn: Turn, envelope: CommandEnvelope): Denial | null {
  const { commandId, roles, expiresAtUs, command } = envelope;
  if (!roles.includes('trader') && !roles.includes('administrator')) {
    return denial('COMMAND_NOT_PERMITTED', { command: command.kind, roles: roles.join(',') });
  }
  if (command.kind === 'emergencyStop') return null;
  if (expiresAtUs < turn.timeUs) return denial('COMMAND_EXPIRED', { expiresAtUs, nowUs: turn.timeUs });
  return parts.state.commands.has(commandId) ? denial('COMMAND_REPLAYED', { commandId }) : null;
}

/** An expired command is refused for that, so its id need not be kept to refuse its replay. */
export function forgetExpired(parts: Parts, turn: Turn): void {
  for (const [id, until] of parts.state.commands) if (until < turn.timeUs) parts.state.commands.delete(id);
}

const denial = (code: DenialCode, params: DenialParams): Denial => ({ code, params });

function carryOut(parts: Parts, turn: Turn, { envelope, reference }: Received): Denial | null {
  const { command, commandId, origin } = envelope;
  switch (command.kind) {
    case 'emergencyStop':
      requestStop(turn, origin);
      return null;
    case 'halt':
      return changeState(turn, 'halted', command.reason, envelope);
    case 'setReducing':
      return changeState(turn, 'reducing', command.reason, envelope);
    case 'rearm':
      return rearm(turn, command, envelope);
    case 'setStrategyEnabled':
      return setStrategyEnabled(parts, command);
    case 'enterBracket':
      if (reference === null) return denial('PRICE_REFERENCE_STALE', { reference: null });
      return enterBracket(parts, turn, { request: command.request, reference, reason: { by: 'command', commandId } });
    case 'cancelOrder':
      return cancelOrder(turn, command.clientOrderId);
    case 'cancelAll':
      return cancelAll(turn, command.accountId, command.instrumentId);
    case 'closePosition':
      return closePosition(turn, command, { by: 'command', commandId });
  }
}

function changeState(turn: Turn, to: TradingState, reason: string, envelope: CommandEnvelope): Denial | null {
  const from = turn.state.tradingState;
  if (reason.trim() === '') return denial('REASON_REQUIRED', { command: envelope.command.kind });
  if (from === to) return null;
  // Only proof ends an emergency stop, no command does.
  if (from === 'stopping' || !STATE_CHANGES[from].includes(to)) return denial('STATE_CHANGE_ILLEGAL', { from, to });
  changeTradingState(turn, to, reason, [envelope.origin]);
  return null;
}

function rearm(turn: Turn, command: Extract<Command, { kind: 'rearm' }>, envelope: CommandEnvelope): Denial | null {
  const { to, reason } = command;
  const from = turn.state.tradingState;
  if (from !== 'halted' && from !== 'reducing') return denial('STATE_CHANGE_ILLEGAL', { from, to });
  const isLive = turn.state.accounts.some(({ mode }) => mode === 'live');
  if (isLive && envelope.stepUp === undefined) return denial('STEP_UP_REQUIRED', { to });
  return changeState(turn, to, reason, envelope);
}

type SetStrategyEnabled = Extract<Command, { kind: 'setStrategyEnabled' }>;

function setStrategyEnabled(parts: Parts, { strategyId, enabled }: SetStrategyEnabled): Denial | null {
  const isKnown = startedConfig(parts).strategies.some((strategy) => strategy.strategyId === strategyId);
  if (!isKnown) return denial('STRATEGY_UNKNOWN', { strategyId });
  const others = parts.state.disabledStrategies.filter((id) => id !== strategyId);
  parts.state.disabledStrategies = enabled ? others : [...others, strategyId];
  return null;
}
