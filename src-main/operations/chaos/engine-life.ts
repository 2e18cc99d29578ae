import type { KeyState } from '../../adapters/kraken/key-state.ts';
import { openJournal } from '../../adapters/sqlite/open-journal.ts';
import { createEngine, type Engine } from '../../engine/engine.ts';
import type { Config } from '../../engine/domain/config.ts';
import { accountId } from '../../engine/domain/identifiers.ts';
import { err, ok } from '../../engine/domain/result.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { MarketDataFeed } from '../../engine/ports/market-data-feed.ts';
import type { Store } from '../../engine/ports/store.ts';
import type { VenueGateway } from '../../engine/ports/venue-gateway.ts';
import { compressedClock, mortalClock } from './compressed-clock.ts';
import { ACCOUNT_NAME, connect, venueOf, type VenueParts } from './life-venues.ts';

/** Engine seconds per second of the machine. */
export const COMPRESSION = 10;
const WARM_UP_BARS = 5;

/** Ports as a case hands them to the engine: exchanged for defective ones to prove that a case can fail. */
export type PortExchange = {
  readonly store?: (store: Store) => Store;
  readonly gateway?: (gateway: VenueGateway, clock: Clock) => VenueGateway;
  readonly feed?: (feed: MarketDataFeed) => MarketDataFeed;
  readonly keyState?: (keyState: KeyState) => KeyState;
};

export type LifeParts = VenueParts & {
  readonly directory: string;
  readonly engineEpoch: number;
  readonly config: Config;
  readonly clock: Clock;
  readonly exchanged: PortExchange;
};

/** One life of the engine in this process: the real core, shell, journal, gateway and feed over loopback sockets. */
export type EngineLife = {
  readonly engine: Engine;
  /** Wall time as this life sees it. */
  nowUs(): number;
  /** As SIGKILL does: from here on nothing of this life reaches the disk, the venue or its own timers. */
  kill(): Promise<void>;
  /** Closes in order. */
  close(): Promise<void>;
};

/** Throws when the journal cannot be opened. `started` rejects when the first life cannot reach its venue. */
export function startLife(parts: LifeParts): EngineLife & { readonly started: Promise<void> } {
  const { clock: wall, directory, engineEpoch, exchanged } = parts;
  const mortal = mortalClock(compressedClock(wall, COMPRESSION));
  const ownWall = mortalClock(wall);
  const opened = openJournal({ directory, engineEpoch, clock: wall, checkpoints: 'inline' });
  if (!opened.ok) throw new Error(opened.error.detail);
  const journal = opened.value;
  let isDead = false;
  const dead = (): boolean => isDead;
  const { feed: exchangeFeed, gateway: exchangeGateway, keyState: exchangeKeyState, store: exchangeStore } = exchanged;
  const keyState = exchangeKeyState?.(parts.keyState) ?? parts.keyState;
  const { gateway, feed } = connect({ ...parts, keyState }, ownWall.clock, mortal.clock);
  const ownGateway = exchangeGateway?.(gateway, mortal.clock) ?? gateway;
  const ownStore = exchangeStore?.(journal) ?? journal;
  const engine = createEngine(
    {
      clock: mortal.clock,
      store: mortalStore(ownStore, dead),
      logger: parts.logger,
      gateways: [mortalGateway(ownGateway, dead)],
      feeds: new Map([[venueOf(parts.product), exchangeFeed?.(feed) ?? feed]]),
      inference: null,
    },
    optionsOf(parts),
  );
  const end = async (isClean: boolean): Promise<void> => {
    if (isDead) return;
    if (isClean) await engine.close();
    isDead = true;
    mortal.end();
    await Promise.all([gateway.close(), feed.close()]);
    ownWall.end();
    journal.close();
  };
  return {
    engine,
    started: engine.start(),
    nowUs: () => mortal.clock.nowUs(),
    kill: async () => end(false),
    close: async () => end(true),
  };
}

const optionsOf = ({ config, engineEpoch, instruments, product }: LifeParts): Parameters<typeof createEngine>[1] => ({
  config,
  accounts: [{ accountId: accountId(ACCOUNT_NAME), venue: venueOf(product), mode: 'paper' }],
  installation: '0c4a0501',
  engineEpoch,
  seed: String(engineEpoch),
  instruments,
  interval: '1m',
  warmUpBars: WARM_UP_BARS,
});

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Passes everything on until its life has ended: then nothing is sent, and no answer comes back. */
export function mortalGateway(gateway: VenueGateway, isDead: () => boolean): VenueGateway {
  return new Proxy(gateway, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name === 'onEvent') {
        const listen: VenueGateway['onEvent'] = (listener) =>
          target.onEvent((event) => {
            if (!isDead()) listener(event);
          });
        return listen;
      }
      return (...args: readonly unknown[]): unknown => {
        if (isDead()) return never();
        const answer: unknown = Reflect.apply(member, target, args);
        return answer instanceof Promise ? answer.then((value: unknown) => (isDead() ? never() : value)) : answer;
      };
    },
  });
}

/** Writes until its life has ended. */
export function mortalStore(store: Store, isDead: () => boolean): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (!isDead()) return (...args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
      if (name === 'commit') return () => ok({ sequence: 0, hash: '' });
      if (name === 'saveSnapshot') return () => err({ code: 'CLOSED', detail: 'the life has ended' });
      return () => undefined;
    },
  });
}
