import type { BookView } from '../engine/domain/book-view.ts';
import type { CommandEnvelope, JudgedCommand } from '../engine/domain/command.ts';
import type { Denial, Verdict } from '../engine/domain/denial.ts';
import type { Decision, EngineInput, ListedInstrument, Sequenced } from '../engine/domain/events.ts';
import { type InstrumentId, parseInstrumentId } from '../engine/domain/identifiers.ts';
import type { Bar, BarInterval } from '../engine/domain/market.ts';
import { err, ok, type Result } from '../engine/domain/result.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { QueryFailure } from '../engine/ports/venue-gateway.ts';
import type { ClientMessage, QueryDto, ServerMessage } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';
import { contractMessage, type DoorClient } from './client-server.ts';
import { type ClientOutput, ClientSession, type SessionServices } from './client-session.ts';
import type { EngineFacts } from './engine-facts.ts';
import { formsDto } from './forms-view.ts';
import type { MarketView } from './market-view.ts';
import { TerminalView } from './terminal-view.ts';
import { commandOf } from './translate-command.ts';
import { createTurnstile } from './turnstile.ts';

export type DoorOptions = {
  readonly clock: Clock;
  readonly facts: EngineFacts;
  readonly market: MarketView;
  /** Resolves once the command is journaled, with its denial if any. */
  readonly execute: (envelope: CommandEnvelope) => Promise<Denial | null>;
  readonly history: (
    instrumentId: InstrumentId,
    interval: BarInterval,
    limit: number,
  ) => Promise<Result<readonly Bar[], QueryFailure>>;
  /** The verdict a command would get now. */
  readonly judge: (command: JudgedCommand) => Verdict;
  readonly book: (instrumentId: InstrumentId) => BookView | undefined;
  readonly hostLabel: string;
};

export type Door = {
  open(output: ClientOutput): DoorClient;
  /** Takes in one journaled event; what it changed is shown in the same turn of the event loop. */
  apply(event: Sequenced<EngineInput | Decision>): void;
  close(): void;
};

/** Figures that move by themselves are looked at this often. */
const REFRESH_MS = 250;

/** The one place where the engine's words become the contract's and back. */
export function createDoor(options: DoorOptions): Door {
  const sessions = new Set<ClientSession>();
  const view = new TerminalView(options.facts, (update) => {
    for (const session of sessions) session.update(update);
  });
  const services = servicesOf(options, view);
  const turnstile = createTurnstile();
  const stopRefresh = options.clock.every(REFRESH_MS, () => view.refresh());
  let settling = false;
  const settleSoon = (): void => {
    if (settling) return;
    settling = true;
    queueMicrotask(() => {
      settling = false;
      view.settle();
    });
  };
  return {
    open: (output) => {
      const session = new ClientSession(services, output);
      const leave = options.market.add(session);
      sessions.add(session);
      return {
        receive: (raw) => {
          const message = contractMessage(raw);
          if (message === undefined) output.send({ t: 'refused', error: { code: 'MESSAGE_INVALID', params: {} } });
          else if (isStop(message)) session.receive(message);
          else turnstile({ run: () => session.receive(message), isLong: message.t === 'command' });
        },
        // What the client asked for before it left is done.
        close: () => {
          leave();
          turnstile({ run: () => endSession(sessions, session), isLong: false });
        },
      };
    },
    apply: ({ event, sequence, timeUs }) => {
      view.apply(sequence, timeUs, event);
      settleSoon();
    },
    close: () => {
      stopRefresh();
      for (const session of sessions) session.close();
    },
  };
}

const isStop = (message: ClientMessage): boolean => message.t === 'command' && message.command.kind === 'emergencyStop';

function endSession(sessions: Set<ClientSession>, session: ClientSession): void {
  sessions.delete(session);
  session.close();
}

function servicesOf(options: DoorOptions, view: TerminalView): SessionServices {
  const { facts } = options;
  let clientCount = 0;
  return {
    clock: options.clock,
    welcome: () => welcomeOf(facts, options.hostLabel),
    snapshot: () => view.snapshot(),
    execute: options.execute,
    query: async (query) => answerQuery(query, options),
    book: options.book,
    nextClientName: () => {
      clientCount += 1;
      return `${facts.engineEpoch}-${clientCount}`;
    },
  };
}

async function answerQuery(query: QueryDto, { history, judge }: DoorOptions): Promise<Result<unknown, Denial>> {
  if (query.kind === 'judgment') {
    const command = commandOf(query.command);
    if (command.kind === 'enterBracket' || command.kind === 'placeOrder' || command.kind === 'startExecutor')
      return ok(judge(command));
  }
  if (query.kind !== 'bars') return err({ code: 'COMMAND_NOT_PERMITTED', params: { query: query.kind } });
  const bars = await history(query.instrumentId as InstrumentId, query.interval, query.limit);
  if (!bars.ok) return err({ code: 'VENUE_NOT_READY', params: { detail: bars.error.detail } });
  return ok(
    bars.value.map(({ openTimeUs, open, high, low, close, volume }) => ({
      openTimeUs,
      open,
      high,
      low,
      close,
      volume,
    })),
  );
}

function welcomeOf(facts: EngineFacts, hostLabel: string): Extract<ServerMessage, { t: 'welcome' }> {
  return {
    t: 'welcome',
    contractVersion: CONTRACT_VERSION,
    mode: facts.mode,
    hostLabel,
    accounts: facts.accounts,
    instruments: facts.instruments().map((instrument) => instrumentDto(instrument, facts)),
  };
}

function instrumentDto(instrument: ListedInstrument, facts: EngineFacts): InstrumentDto {
  const parsed = parseInstrumentId(instrument.id);
  const { base, quote, venue, product } = parsed.ok ? parsed.value : { base: '', quote: '', venue: '', product: '' };
  const { id, lotSize, minNotional, tickSize, venueSymbol } = instrument;
  return {
    instrumentId: id,
    symbol: venueSymbol,
    base,
    quote,
    venue,
    product,
    tickSize,
    lotSize,
    minNotional,
    origin: facts.origin,
    accounts: facts.accountsOf(id),
    forms: formsDto(instrument),
  };
}
