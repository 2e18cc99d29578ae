import { describe, expect, it } from 'vitest';
import type { CommandEnvelope } from '../engine/domain/command.ts';
import type { InstrumentId } from '../engine/domain/identifiers.ts';
import { err, ok } from '../engine/domain/result.ts';
import { OrderBook } from '../engine/market-data/order-book.ts';
import { VirtualClock } from '../engine/testing/virtual-clock.ts';
import type { ServerMessage } from '../../src-preload/contract/messages.ts';
import type { InstrumentDto, TerminalState } from '../../src-preload/contract/state.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';
import { ClientSession } from './client-session.ts';

const BTC = 'BTC/USDT.BINANCE.SPOT' as InstrumentId;

const listed = (instrumentId: string): InstrumentDto => ({
  instrumentId,
  symbol: instrumentId.slice(0, 7).replace('/', ''),
  base: instrumentId.slice(0, 3),
  quote: 'USDT',
  venue: 'BINANCE',
  product: 'SPOT',
  tickSize: '0.01',
  lotSize: '0.00001',
  minNotional: '5',
  origin: 'derived',
});

function setUp() {
  const clock = new VirtualClock();
  const sent: ServerMessage[] = [];
  const frames: number[][] = [];
  const executed: CommandEnvelope[] = [];
  const book = new OrderBook();
  book.bids.set(45_000, 7);
  book.asks.set(45_001, 9);
  let clients = 0;
  const session = new ClientSession(
    {
      clock,
      welcome: () => ({
        t: 'welcome',
        contractVersion: CONTRACT_VERSION,
        mode: 'paper',
        hostLabel: '',
        instruments: [listed('ETH/USDT.BINANCE.SPOT'), listed(BTC)],
      }),
      snapshot: () => ({ sequence: 7, state: {} as TerminalState }),
      execute: async (envelope) => {
        executed.push(envelope);
        return envelope.command.kind === 'halt' ? { code: 'STATE_CHANGE_ILLEGAL', params: {} } : null;
      },
      query: async (query) => (query.kind === 'bars' ? ok([]) : err({ code: 'COMMAND_NOT_PERMITTED', params: {} })),
      book: (id) => (id === BTC ? book : undefined),
      nextClientName: () => `1-${++clients}`,
    },
    { send: (message) => void sent.push(message), sendBook: (frame) => void frames.push([...frame]) },
  );
  return { book, clock, executed, frames, sent, session };
}

function greeted() {
  const parts = setUp();
  parts.session.receive({ t: 'hello', contractVersion: CONTRACT_VERSION });
  parts.sent.length = 0;
  return parts;
}

describe('a client session', () => {
  it('greets with the instruments and a snapshot', () => {
    const { sent, session } = setUp();
    session.receive({ t: 'hello', contractVersion: CONTRACT_VERSION });
    expect(sent.map((message) => message.t)).toEqual(['welcome', 'snapshot']);
  });

  it('refuses another contract version, and everything before the greeting', () => {
    const { executed, sent, session } = setUp();
    session.receive({ t: 'command', id: 'a', origin: 'key', issuedAtUs: 0, command: { kind: 'emergencyStop' } });
    session.receive({ t: 'hello', contractVersion: CONTRACT_VERSION + 1 });
    session.update({ sequence: 1, update: { op: 'set', topic: 'stop', value: null } });
    expect(sent.map((message) => message.t === 'refused' && message.error.code)).toEqual([
      'HELLO_EXPECTED',
      'CONTRACT_VERSION',
    ]);
    expect(executed).toEqual([]);
  });

  it('executes a command at its arrival time, whatever the clock of the page says', async () => {
    const { clock, executed, sent, session } = greeted();
    session.receive({ t: 'command', id: 'stop', origin: 'key', issuedAtUs: 1, command: { kind: 'emergencyStop' } });
    session.receive({
      t: 'command',
      id: 'halt',
      origin: 'button',
      issuedAtUs: 1,
      command: { kind: 'halt', reason: 'x' },
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(executed[0]).toMatchObject({
      commandId: '1-1.stop',
      origin: 'key',
      issuedAtUs: clock.nowUs(),
      command: { kind: 'emergencyStop' },
    });
    expect(sent).toContainEqual({ t: 'reply', id: 'stop', ok: true, result: null });
    expect(sent).toContainEqual({
      t: 'reply',
      id: 'halt',
      ok: false,
      error: { code: 'STATE_CHANGE_ILLEGAL', params: {} },
    });
  });

  it('sends the book as one frame, the latest only, and the next one after it was painted', () => {
    const { book, clock, frames, session } = greeted();
    session.receive({ t: 'watch', view: 'ladder', instrumentId: BTC, levels: 2 });
    clock.advance(33);
    expect(frames).toEqual([[0, 1, 0, 33, 1, 1, 45_000, 7, 45_001, 9]]);
    for (const lots of [8, 9, 10]) {
      book.bids.set(45_000, lots);
      session.onBookChanged(BTC, book, clock.monotonicUs());
      clock.advance(33);
    }
    expect(frames).toHaveLength(1);
    session.receive({ t: 'painted', view: 'ladder' });
    clock.advance(33);
    expect(frames).toHaveLength(2);
    expect(frames[1]?.[7]).toBe(10);
  });

  it('tries again after a second when a page stopped acknowledging', () => {
    const { book, clock, frames, session } = greeted();
    session.receive({ t: 'watch', view: 'ladder', instrumentId: BTC, levels: 2 });
    clock.advance(33);
    session.onBookChanged(BTC, book, clock.monotonicUs());
    clock.advance(900);
    expect(frames).toHaveLength(1);
    clock.advance(200);
    expect(frames).toHaveLength(2);
  });

  it('batches trades and drops none', () => {
    const { clock, sent, session } = greeted();
    session.receive({ t: 'watch', view: 'tape', instrumentId: BTC, levels: 1 });
    for (let index = 0; index < 100; index++) {
      session.onTrade({
        instrumentId: BTC,
        ticks: index,
        lots: 1,
        aggressor: 'sell',
        tradedAtUs: index,
        receivedAtUs: index,
      });
    }
    clock.advance(33);
    const batches = sent.filter((message) => message.t === 'trades');
    expect(batches).toHaveLength(1);
    expect(batches[0]?.trades.map(([ticks]) => ticks)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('is silent about instruments nobody watches, and after it closed', () => {
    const { book, clock, frames, sent, session } = greeted();
    session.receive({ t: 'watch', view: 'ladder', instrumentId: 'XXX/USDT.BINANCE.SPOT', levels: 2 });
    session.receive({ t: 'watch', view: 'ladder', instrumentId: BTC, levels: 2 });
    session.receive({ t: 'unwatch', view: 'ladder' });
    session.onBookChanged(BTC, book, 0);
    clock.advance(100);
    session.close();
    session.update({ sequence: 1, update: { op: 'set', topic: 'stop', value: null } });
    expect(frames).toEqual([]);
    expect(sent).toEqual([]);
  });
});
