import { decimal } from '../../../engine/domain/decimal.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, bracket, type Stage } from '../stage.ts';

const SETTING = { product: 'kraken' } as const;
const ADD = { method: 'POST', path: '/0/private/AddOrder' } as const;

const settled = (stage: Stage): boolean => stage.view.orders().every(({ pending }) => pending === null);
const entryRests = async (stage: Stage): Promise<void> => {
  await stage.taken({ entry: 'resting' });
  await stage.until('the entry to rest', () =>
    stage.view.orders().some(({ spec, status }) => spec.role === 'entry' && status === 'accepted'),
  );
};
const hasLostBook = (stage: Stage, since: number): boolean =>
  stage.events.slice(since).some((event) => event.kind === 'feed.changed' && event.state === 'unsynchronized');
const booksMatch = async (stage: Stage): Promise<void> => {
  stage.market.moveTo(10_007);
  await stage.until('the book to follow the venue', () => stage.engine.reference(stage.bitcoin).bid === '100.06');
};

/** Kraken's spot: books proven by checksum, a nonce that only rises, counters, stops made by conditional closes. */
export const KRAKEN: readonly ChaosCase[] = [
  {
    name: 'kraken-wrong-checksum',
    standsFor: 'fault: Kraken book with a wrong checksum',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'badChecksum', times: 2 });
      await stage.until('the checksum to strike', () => stage.fired() >= 2);
      await booksMatch(stage);
    },
  },
  {
    name: 'kraken-book-gap',
    standsFor: 'fault: a Kraken update is missing; only its checksum tells',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'gap', stream: 'book', times: 2 });
      await stage.until('the gap to strike', () => stage.fired() >= 2);
      await booksMatch(stage);
    },
  },
  {
    name: 'kraken-checksum-of-text',
    standsFor: 'fault: a correct Kraken checksum over lost zeros is not a wrong one',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      const before = stage.events.length;
      await stage.fault({ kind: 'lostZeros', stream: 'book', times: 40 });
      // 100.20 with sizes of 5.000: most of what is printed ends in zeros.
      stage.market.moveTo(10_021);
      await stage.until('the zeros to be lost', () => stage.fired() >= 30);
      await booksMatch(stage);
      stage.expect(!hasLostBook(stage, before), 'no book to be given up for its zeros');
      await stage.fault({ kind: 'badChecksum', times: 1 });
      stage.market.moveTo(10_011);
      await stage.until('a checksum that is wrong to end the book', () => hasLostBook(stage, before));
      await stage.until('the book to be back', () => stage.isReady());
    },
  },
  {
    name: 'kraken-nonce-ahead',
    standsFor: 'fault: two programs on one Kraken key; ours is behind (EAPI:Invalid nonce)',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'nonceAhead', ms: 30_000 });
      await stage.enter({ quantity: '0.500' });
      await stage.until('nothing to be open to doubt', () => settled(stage));
      const refused = stage.view.orders().filter(({ spec, status }) => spec.role === 'entry' && status === 'rejected');
      stage.expect(refused.length === 1, 'the entry to be refused for its nonce');
      stage.expect(stage.isProtected(), 'the stop to rest');
      stage.asked = decimal('1.250');
      await stage.send({ kind: 'enterBracket', request: bracket({ instrumentId: stage.bitcoin, quantity: '0.250' }) });
      await stage.until('the next entry to be taken', () => stage.ledger().fills.length === 2 && settled(stage));
      stage.expect(stage.isProtected(), 'both positions to be protected');
    },
  },
  {
    name: 'kraken-nonce-far-ahead',
    standsFor: 'fault: a Kraken key that another program took ten minutes ahead; stopping gets through all the same',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'nonceAhead', ms: 600_000 });
      await stage.send({ kind: 'emergencyStop' });
      await stage.until('the account to be proven flat', () => stage.view.stop()?.verifiedFlat === true);
    },
  },
  {
    name: 'kraken-nonce-order',
    standsFor: 'fault: Kraken nonces of concurrent requests; a slow one must not overtake',
    setting: SETTING,
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'slow', method: 'POST', path: '/0/private', ms: 3_000, times: 2 });
      await Promise.all([stage.enter({ quantity: '0.500' }), stage.enter({ quantity: '0.500' })]);
      await stage.until('nothing to be open to doubt', () => settled(stage));
    },
  },
  {
    name: 'kraken-counter-full',
    standsFor: 'fault: Kraken counts orders and refuses more; no entry is sent again, the position keeps its stop',
    setting: { ...SETTING, krakenLimits: { callsMax: 10_000, ordersMax: 5, ordersPerSecond: 1 } },
    play: async (stage) => {
      await stage.position({ quantity: '0.500' });
      await stage.fault({ kind: 'slow', ...ADD, ms: 500, times: 2 });
      for (let sent = 0; sent < 10; sent++) await stage.enter({ quantity: '0.100' });
      await stage.until('nothing to be open to doubt', () => settled(stage));
      stage.expect(stage.isProtected(), 'the stop to rest');
      stage.expect(
        stage.view.orders().some(({ status }) => status === 'rejected'),
        'the full counter to refuse an entry',
      );
    },
  },
  {
    name: 'kraken-answer-lost',
    standsFor: 'fault: AddOrder is executed and its answer lost; found by cl_ord_id',
    setting: SETTING,
    play: async (stage) => {
      await stage.until('the engine to be ready', () => stage.isReady());
      await stage.fault({ kind: 'executeThenLose', ...ADD });
      await stage.position();
    },
  },
  {
    name: 'kraken-close-after-restart',
    standsFor: 'fault: a conditional close is made while the engine is dead; its order carries no id of ours',
    setting: SETTING,
    play: async (stage) => {
      await stage.until('the engine to be ready', () => stage.isReady());
      await stage.fault({ kind: 'executeThenLose', ...ADD });
      await stage.taken({ entry: 'resting' });
      await stage.until('the entry to rest', () => stage.ledger().orders.length > 0);
      await stage.kill();
      stage.market.trade(10_000, 1_000);
      await stage.pass(2_000);
      await stage.restart(true);
      await stage.until('position and stop to be known', () => !stage.isFlat() && stage.isProtected());
    },
  },
  {
    name: 'kraken-private-drop',
    standsFor: 'fault: Kraken private stream breaks while a resting entry fills',
    setting: SETTING,
    play: async (stage) => {
      await entryRests(stage);
      await stage.fault({ kind: 'close', stream: '/auth', code: 1006 });
      stage.market.trade(10_000, 1_000);
      await stage.until('the fill to be found', () => !stage.isFlat());
      await stage.until('the stream to be back', () => stage.view.venue(ACCOUNT)?.state === 'ready');
    },
  },
  {
    name: 'kraken-mute-stream',
    standsFor: 'pain 12: Kraken executions are silent while the socket stays connected',
    setting: SETTING,
    play: async (stage) => {
      await entryRests(stage);
      await stage.fault({ kind: 'silent', stream: 'kraken executions', times: 40 });
      stage.market.trade(10_000, 1_000);
      await stage.until('the silent fill to be found', () => !stage.isFlat());
      await stage.control('DELETE', 'faults');
    },
  },
];
