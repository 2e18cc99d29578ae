import type { Command, CommandEnvelope } from '../domain/command.ts';
import type { Denial, DenialCode, DenialParams } from '../domain/denial.ts';
import type { DecisionReason, EngineInput } from '../domain/events.ts';
import type { PriceReference } from '../domain/market.ts';
import { STATE_CHANGES, type TradingState } from '../domain/trading-state.ts';
import { adoptOrder } from '../execution/adopt-order.ts';
import { requestStop } from '../execution/emergency-stop.ts';
import type { Turn } from '../execution/execution-state.ts';
import { chooseOwner } from '../execution/ownership.ts';
import { changeTradingState } from '../execution/trading-state-latch.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { confirmDifferences, judgeDifferences } from './difference-commands.ts';
import { enterBracket } from './entry-path.ts';
import { commandExecutor } from './executor-commands.ts';
import { modifyOrder } from './modify-order.ts';
import { cancelAll, cancelOrder, closePosition, setStopRule } from './order-commands.ts';
import { placeOrder } from './place-order.ts';
import { routeBracket } from './route-bracket.ts';

type Received = Pick<Extract<EngineInput, { kind: 'command.received' }>, 'envelope' | 'reference' | 'markets'>;

/** A client that lost its line for longer has been told of a closed line, and shows what became of its command. */
const REMEMBERED_US = 86_400_000_000;
/** More than anyone gives in a day by hand; a flood of commands does not make every snapshot larger. */
const MAX_REMEMBERED = 10_000;

/**
 * Checks, carries out and answers a command. A second one with the same id and content is answered as the first was and
 * does nothing. Denies with COMMAND_REPLAYED when an id comes back with another content.
 */
export function receiveCommand(parts: Parts, turn: Turn, received: Received): void {
  const { command, commandId } = received.envelope;
  const refusal = judgeRoles(received.envelope);
  const known = command.kind === 'emergencyStop' ? undefined : parts.state.commands.get(commandId);
  if (refusal !== null || known === undefined) {
    const answer = refusal ?? carryOutNew(parts, turn, received);
    turn.emit({ kind: 'command.answered', commandId, denial: answer });
    return;
  }
  const isSame = known.command !== null && contentOf(known.command) === contentOf(command);
  const repeated = isSame ? known.denial : denial('COMMAND_REPLAYED', { commandId });
  turn.emit({ kind: 'command.answered', commandId, denial: repeated });
}

/** A stop is never too late, never too often, and not kept: it latches by itself. */
function carryOutNew(parts: Parts, turn: Turn, received: Received): Denial | null {
  const { command, commandId, expiresAtUs } = received.envelope;
  if (command.kind === 'emergencyStop') return carryOut(parts, turn, received);
  if (expiresAtUs < turn.timeUs) return denial('COMMAND_EXPIRED', { expiresAtUs, nowUs: turn.timeUs });
  const answer = carryOut(parts, turn, received);
  parts.state.commands.set(commandId, { untilUs: expiresAtUs + REMEMBERED_US, command, denial: answer });
  return answer;
}

function judgeRoles({ command, roles }: CommandEnvelope): Denial | null {
  if (roles.includes('trader') || roles.includes('administrator')) return null;
  return denial('COMMAND_NOT_PERMITTED', { command: command.kind, roles: roles.join(',') });
}

/** Independent of the order of fields, which a journal does not keep. */
function contentOf(command: Command): string {
  return JSON.stringify(command, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function forgetAnswers(parts: Parts, turn: Turn): void {
  const { commands } = parts.state;
  for (const [id, { untilUs }] of commands) {
    if (untilUs >= turn.timeUs && commands.size <= MAX_REMEMBERED) return;
    commands.delete(id);
  }
}

const denial = (code: DenialCode, params: DenialParams): Denial => ({ code, params });

function carryOut(parts: Parts, turn: Turn, { envelope, reference, markets = [] }: Received): Denial | null {
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
    case 'adoptOrder':
      return adoptOrder(turn, command);
    case 'chooseOwner':
      return chooseOwner(turn, command);
    case 'confirmDifferences':
      return confirmDifferences(parts, turn, command.ids);
    case 'setStrategyEnabled':
      return setStrategyEnabled(parts, command);
    case 'routeBracket':
      return routeBracket(parts, turn, { request: command.request, markets, reason: { by: 'command', commandId } });
    default:
      return carryOutOrder(parts, turn, command, { reference, reason: { by: 'command', commandId } });
  }
}

type OrderCommand = Exclude<
  Command,
  {
    kind:
      | 'emergencyStop'
      | 'halt'
      | 'setReducing'
      | 'rearm'
      | 'setStrategyEnabled'
      | 'confirmDifferences'
      | 'adoptOrder'
      | 'chooseOwner'
      | 'routeBracket';
  }
>;
type Judged = { readonly reference: PriceReference | null; readonly reason: DecisionReason };

function carryOutOrder(parts: Parts, turn: Turn, command: OrderCommand, { reference, reason }: Judged): Denial | null {
  switch (command.kind) {
    case 'cancelOrder':
      return cancelOrder(turn, command.clientOrderId);
    case 'cancelAll':
      return cancelAll(turn, command.accountId, command.instrumentId);
    case 'closePosition':
      return closePosition(turn, command, reason);
    case 'startExecutor':
    case 'pauseExecutor':
    case 'resumeExecutor':
    case 'stopExecutor':
      return commandExecutor(parts, turn, command, reference);
    case 'setStopRule':
      return setStopRule(parts, turn, command);
    default:
      return reference === null
        ? denial('PRICE_REFERENCE_STALE', { reference: null })
        : carryOutPriced(parts, turn, command, { reference, reason });
  }
}

type PricedCommand = Extract<OrderCommand, { kind: 'enterBracket' | 'placeOrder' | 'modifyOrder' }>;
type Priced = { readonly reference: PriceReference; readonly reason: DecisionReason };

function carryOutPriced(parts: Parts, turn: Turn, command: PricedCommand, priced: Priced): Denial | null {
  switch (command.kind) {
    case 'enterBracket':
      return enterBracket(parts, turn, { request: command.request, ...priced });
    case 'placeOrder':
      return placeOrder(parts, turn, { request: command.request, ...priced });
    case 'modifyOrder':
      return modifyOrder(parts, turn, { ...command, ...priced });
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
  return judgeDifferences(turn, to) ?? changeState(turn, to, reason, envelope);
}

type SetStrategyEnabled = Extract<Command, { kind: 'setStrategyEnabled' }>;

function setStrategyEnabled(parts: Parts, { strategyId, enabled }: SetStrategyEnabled): Denial | null {
  const isKnown = startedConfig(parts).strategies.some((strategy) => strategy.strategyId === strategyId);
  if (!isKnown) return denial('STRATEGY_UNKNOWN', { strategyId });
  const others = parts.state.disabledStrategies.filter((id) => id !== strategyId);
  parts.state.disabledStrategies = enabled ? others : [...others, strategyId];
  return null;
}
