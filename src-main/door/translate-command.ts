import type { Command, CommandEnvelope, CommandOrigin } from '../engine/domain/command.ts';
import {
  accountId,
  commandId,
  strategyId,
  venueOrderId,
  type ClientOrderId,
  type InstrumentId,
} from '../engine/domain/identifiers.ts';
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
    case 'enterBracket': {
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
  }
}
