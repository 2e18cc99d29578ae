import { isTerminal } from '../../../engine/domain/order.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, BTC, type Stage } from '../stage.ts';

const PRIVATE = 'ws-api';
/** The market data socket's path. */
const PUBLIC = '/stream';

const isLive = (stage: Stage): boolean => stage.view.feed(BTC) === 'live';
const restingEntry = async (stage: Stage): Promise<void> => {
  await stage.taken({ entry: 'resting' });
  await stage.until('the entry to rest', () => stage.view.orders().some(({ status }) => status === 'accepted'));
};
const filled = (stage: Stage): boolean =>
  stage.view.orders().some(({ spec, status }) => spec.role === 'entry' && status === 'filled');

const isOver = (stage: Stage): boolean =>
  stage.view.orders().every(({ spec, status }) => spec.role !== 'entry' || isTerminal(status));

/** The book the engine trades by is the venue's again. */
async function booksMatch(stage: Stage): Promise<void> {
  stage.market.moveTo(10_007);
  await stage.until('the book to follow the venue', () => stage.engine.reference(BTC).bid === '100.06');
}

/** The private socket goes while an entry rests; the entry fills meanwhile. */
async function fillWhileAway(stage: Stage, code: number): Promise<void> {
  await restingEntry(stage);
  await stage.fault({ kind: 'dropPrivate', times: 6 });
  await stage.fault({ kind: 'close', stream: PRIVATE, code });
  stage.market.trade(10_000, 1_000);
  await stage.until('the fill to be found', () => filled(stage));
  await stage.until('the stream to be back', () => stage.view.venue(ACCOUNT)?.state === 'ready');
}

export const BROKEN_STREAMS: readonly ChaosCase[] = [
  {
    name: 'private-drop-1006',
    standsFor: 'fault: private stream drops without a word; its events do not come back',
    play: async (stage) => fillWhileAway(stage, 1006),
  },
  {
    name: 'private-drop-1001',
    standsFor: 'fault: private stream is closed in order',
    play: async (stage) => fillWhileAway(stage, 1001),
  },
  {
    name: 'public-drop-1006',
    standsFor: 'fault: market stream drops; the old book must not be read',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'close', stream: PUBLIC, code: 1006 });
      await stage.until('the drop to show', () =>
        stage.events.some((event) => event.kind === 'feed.changed' && event.state !== 'live'),
      );
      await stage.until('the book to be live again', () => isLive(stage));
      await booksMatch(stage);
    },
  },
  {
    name: 'public-drop-1001',
    standsFor: 'fault: market stream is closed in order',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'close', stream: PUBLIC, code: 1001 });
      await booksMatch(stage);
    },
  },
  {
    name: 'sequence-gap',
    standsFor: 'fault: a depth update is missing',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'gap', stream: 'btcusdt@depth', times: 2 });
      await stage.until('the gap to strike', () => stage.fired() >= 2);
      await booksMatch(stage);
    },
  },
  {
    name: 'sequence-jump',
    standsFor: 'fault: a gap that an unchecked book would freeze on',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'badSequence', stream: 'btcusdt@depth', times: 2 });
      await stage.until('the jump to strike', () => stage.fired() >= 2);
      await booksMatch(stage);
    },
  },
  {
    name: 'no-pong',
    standsFor: 'fault: pings stay unanswered',
    play: async (stage) => {
      await stage.position();
      // A socket that delivers is not pinged.
      await stage.fault({ kind: 'silent', forMs: 15_000 });
      await stage.fault({ kind: 'noPong', stream: PUBLIC, times: 2 });
      await stage.until('the unanswered ping to end the socket', () =>
        stage.events.some((event) => event.kind === 'feed.changed' && event.state === 'connecting'),
      );
      await booksMatch(stage);
    },
  },
  {
    name: 'pongs-without-data',
    standsFor: 'fault: pongs but no data',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'silent', forMs: 25_000 });
      await stage.until('the silence to show', () => !isLive(stage));
      stage.expect((await stage.enter()) !== null, 'no entry on a silent book');
      await stage.until('the book to be live again', () => isLive(stage));
    },
  },
  {
    name: 'book-silently-stale',
    standsFor: 'pain 9: a book stream went stale while the client stayed connected (nautilus_trader#4298)',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'silent', stream: 'btcusdt@depth', forMs: 25_000 });
      stage.market.moveTo(10_003);
      await stage.until('that channel to be shown as stale', () => !isLive(stage));
      stage.expect((await stage.enter()) !== null, 'no entry on a stale book');
      await booksMatch(stage);
    },
  },
  {
    name: 'reconnected-not-receiving',
    standsFor: 'pain 10: no recovery after a disconnect, no resubscription (hummingbot#8250, nautilus_trader#3861)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'close', stream: '/', code: 1006 });
      await stage.until('the drop to show', () => !stage.isReady());
      await stage.until('everything to be back', () => stage.isReady() && isLive(stage));
      const heard = stage.events.length;
      stage.market.trade(10_000, 1_000);
      await stage.until('the fill to come over the new stream', () =>
        stage.events.slice(heard).some((event) => event.kind === 'order.filled' && event.source === 'stream'),
      );
    },
  },
  {
    name: 'fills-during-disconnect',
    standsFor: 'pain 11: fills of a disconnect were never recovered (Lean.Brokerages.InteractiveBrokers#249)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'dropPrivate', forMs: 6_000 });
      stage.market.trade(10_000, 300);
      await stage.until('the private news to be lost', () => stage.fired() >= 1);
      await stage.fault({ kind: 'close', stream: PRIVATE, code: 1006 });
      stage.market.trade(10_000, 700);
      // Known in time, the first part ends the entry: the rest of it is canceled to protect what was bought.
      await stage.until('the fills to be recovered', () => isOver(stage));
    },
  },
  {
    name: 'mute-private-stream',
    standsFor: 'pain 12: fills dropped while heartbeats kept coming (Lean.Brokerages.TradeStation#95)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'dropPrivate', times: 40 });
      stage.market.trade(10_000, 1_000);
      await stage.until('the silent fill to be found', () => filled(stage));
      await stage.control('DELETE', 'faults');
    },
  },
  {
    name: 'burst-of-fills',
    standsFor: 'pain 13: several order updates merged into one (ccxt#27412)',
    play: async (stage) => {
      await restingEntry(stage);
      await stage.fault({ kind: 'duplicateFill', times: 4 });
      await stage.fault({ kind: 'outOfOrder', times: 4 });
      for (let part = 0; part < 40; part++) stage.market.trade(10_000, 25);
      await stage.until('the entry to be filled', () => filled(stage));
      const bought = stage.ledger().fills.filter(({ side }) => side === 'BUY').length;
      stage.expect(bought === 40, `40 fills at the venue, was ${bought}`);
    },
  },
  {
    name: 'snapshot-throttled',
    standsFor: 'fault: the depth snapshot is answered with 429 each time',
    play: async (stage) => {
      await stage.position();
      const throttled = { kind: 'status', status: 429, code: -1003, msg: 'Too much request weight used.' } as const;
      await stage.fault({ ...throttled, method: 'GET', path: '/api/v3/depth', retryAfterSeconds: 1, times: 3 });
      await stage.fault({ kind: 'close', stream: PUBLIC, code: 1006 });
      await stage.until('the refusal to strike', () => stage.fired() >= 2);
      await booksMatch(stage);
      stage.expect(stage.isProtected(), 'the stop to rest');
    },
  },
  {
    name: 'snapshot-hangs',
    standsFor: 'fault: the depth snapshot hangs',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'hang', method: 'GET', path: '/api/v3/depth' });
      await stage.fault({ kind: 'close', stream: PUBLIC, code: 1006 });
      await booksMatch(stage);
    },
  },
  {
    name: 'history-missing',
    standsFor: 'pain 22: missing signals, history was days old (freqtrade#11725)',
    play: async (stage) => {
      await stage.position();
      await stage.kill();
      await stage.fault({ kind: 'status', status: 503, method: 'GET', path: '/api/v3/klines', times: 12 });
      await stage.restart();
      await stage.until('the missing history to show', () =>
        stage.events.some((event) => event.kind === 'component.changed' && event.component.startsWith('history')),
      );
    },
  },
  {
    name: 'bars-missed',
    standsFor: 'pain 22: bars of a disconnect are fetched, none is skipped (freqtrade#11725)',
    setting: { marketSpeed: 300 },
    play: async (stage) => {
      await stage.position();
      await stage.until('bars to close', () => barsOf(stage).length >= 2);
      await stage.fault({ kind: 'close', stream: PUBLIC, code: 1006 });
      const before = barsOf(stage).length;
      await stage.until('bars to close again', () => barsOf(stage).length >= before + 4);
      const times = barsOf(stage);
      const holes = times.filter((time, index) => index > 0 && time - (times[index - 1] ?? 0) !== 60_000_000);
      stage.expect(holes.length === 0, 'each bar once and in order');
    },
  },
];

function barsOf(stage: Stage): readonly number[] {
  return stage.events.flatMap((event) =>
    event.kind === 'bar.closed' && event.bar.instrumentId === BTC && !event.warmUp ? [event.bar.openTimeUs] : [],
  );
}
