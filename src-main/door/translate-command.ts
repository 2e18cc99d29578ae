import type { Command, CommandEnvelope, CommandOrigin } from '../engine/domain/command.ts';
import {
  accountId,
  commandId,
  strategyId,
  venueOrderId,
  type ClientOrderId,
  type ExecutorId,
  type InstrumentId,
} from '../engine/domain/identifiers.ts';
import type { OrderProtection } from '../engine/domain/stop-rule.ts';
import type { CommandDto } from '../../src-preload/contract/messages.ts';

/** A command older than this when it arrives was meant for another moment. */
const LIFETIME_US = 10_000_000;

/** The one local actor: whoever runs this user's Leeward. */
const LOCAL_ACTOR = 'local';

export type CommandSource = { readonly id: string; readonly origin: CommandOrigin; readonly nowUs: number };

/**
 * The engine's envelope for a command of the contract. The arrival time counts, not the client's clock: a browser's clock
 * may be wrong, and a stop must not expire for it.
 */
export function envelopeOf(command: CommandDto, source: CommandSource): CommandEnvelope {
  return {
    commandId: commandId(source.id),
    actor: LOCAL_ACTOR,
    roles: ['viewer', 'trader', 'administrator'],
    origin: source.origin,
    issuedAtUs: source.nowUs,
    expiresAtUs: source.nowUs + LIFETIME_US,
    command: commandOf(command),
  };
}

/** The engine's command for one of the contract. */
export function commandOf(command: CommandDto): Command {
  switch (command.kind) {
    case 'emergencyStop':
    case 'rearm':
    case 'halt':
    case 'setReducing':
    case 'confirmDifferences':
      return command;
    case 'cancelOrder':
      return { kind: command.kind, clientOrderId: command.clientOrderId as ClientOrderId };
    case 'cancelAll':
      return {
        kind: command.kind,
        accountId: accountId(command.accountId),
        instrumentId: command.instrumentId as InstrumentId | null,
      };
    case 'closePosition':
      return {
        kind: command.kind,
        accountId: accountId(command.accountId),
        instrumentId: command.instrumentId as InstrumentId,
      };
    case 'adoptOrder':
      return {
        ...command,
        accountId: accountId(command.accountId),
        venueOrderId: venueOrderId(command.venueOrderId),
      };
    case 'chooseOwner':
      return { ...command, accountId: accountId(command.accountId) };
    case 'setStrategyEnabled':
      return { kind: command.kind, strategyId: strategyId(command.strategyId), enabled: command.enabled };
    default:
      return orderCommandOf(command);
  }
}

type OrderKind =
  | 'enterBracket'
  | 'routeBracket'
  | 'placeOrder'
  | 'startExecutor'
  | 'modifyOrder'
  | 'setStopRule'
  | 'pauseExecutor'
  | 'resumeExecutor'
  | 'stopExecutor';
type DtoOf<K extends OrderKind> = Extract<CommandDto, { readonly kind: K }>;
type ProtectionDto = NonNullable<DtoOf<'placeOrder'>['protection']>;

function orderCommandOf(command: DtoOf<OrderKind>): Command {
  switch (command.kind) {
    case 'modifyOrder':
      return { ...command, clientOrderId: command.clientOrderId as ClientOrderId };
    case 'setStopRule': {
      const { kind, rule } = command;
      return { kind, ...placeOf(command), rule: rule === null ? null : present(rule) };
    }
    case 'enterBracket':
    case 'routeBracket': {
      const { kind, ...request } = command;
      return {
        kind,
        request: {
          ...request,
          accountId: accountId(request.accountId),
          strategyId: null,
          instrumentId: request.instrumentId as InstrumentId,
        },
      };
    }
    case 'placeOrder':
      return placeOrderOf(command);
    case 'startExecutor': {
      const { kind, side, quantity, reduceOnly, params } = command;
      return { kind, request: { ...ownerOf(command), side, quantity, reduceOnly, params } };
    }
    default:
      return { kind: command.kind, executorId: command.executorId as ExecutorId };
  }
}

function placeOrderOf(command: DtoOf<'placeOrder'>): Command {
  const { kind, side, type, timeInForce, quantity, price, triggerPrice, reduceOnly } = command;
  const { expiresAtUs, displayQuantity, trailingRatio } = command;
  const given = present({ expiresAtUs, displayQuantity, trailingRatio });
  const order = { side, type, timeInForce, quantity, price, triggerPrice, reduceOnly };
  return { kind, request: { ...ownerOf(command), ...order, ...given } };
}

const placeOf = (command: { readonly accountId: string; readonly instrumentId: string }) => ({
  accountId: accountId(command.accountId),
  instrumentId: command.instrumentId as InstrumentId,
});

const ownerOf = (command: DtoOf<'placeOrder' | 'startExecutor'>) => ({
  ...placeOf(command),
  strategyId: null,
  protection: command.protection === null ? null : protectionOf(command.protection),
});

function protectionOf({ stopRule, ...protection }: ProtectionDto): OrderProtection {
  return stopRule === undefined ? protection : { ...protection, stopRule: present(stopRule) };
}

/** Without the fields that were not given: the engine tells absence from a value. */
function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
