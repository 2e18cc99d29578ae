import type { FaultSpec } from '../../../practice-exchange/faults.ts';
import type { ChaosCase } from '../chaos-case.ts';
import { ACCOUNT, type Stage } from '../stage.ts';

const CREATE = { method: 'POST', path: '/api/v3/order' } as const;
const THROTTLED = { kind: 'status', retryAfterSeconds: 1 } as const;
const TOO_MUCH = {
  code: -1003,
  msg: 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE.',
};

/** The venue orders a pause: nothing new is sent while it lasts, and trading goes on after it. */
async function obeyPause(stage: Stage, fault: FaultSpec): Promise<void> {
  await stage.fault({ ...CREATE, ...fault });
  await stage.taken();
  await stage.until('the pause to show', () => stage.view.venue(ACCOUNT)?.state === 'degraded');
  const creates = stage.ledger().creates;
  await stage.enter();
  stage.expect(stage.ledger().creates === creates, 'nothing new on the wire during the pause');
  await stage.until('the pause to end', () => stage.view.venue(ACCOUNT)?.state === 'ready');
  stage.asked = { units: 0n, scale: 0 };
  await stage.position();
}

/** Venue time minus ours as last measured. */
function clockOffsetMs({ events }: Stage): number {
  const last = events.findLast((event) => event.kind === 'venue.clockMeasured');
  return last?.kind === 'venue.clockMeasured' ? Math.abs(last.offsetMs) : 0;
}

export const REFUSED_REQUESTS: readonly ChaosCase[] = [
  {
    name: 'throttled-429',
    standsFor: 'fault: 429 with Retry-After',
    play: async (stage) => obeyPause(stage, { ...THROTTLED, ...TOO_MUCH, status: 429 }),
  },
  {
    name: 'banned-418',
    standsFor: 'fault: 418 with Retry-After',
    play: async (stage) => obeyPause(stage, { ...THROTTLED, ...TOO_MUCH, status: 418 }),
  },
  {
    name: 'too-many-orders-1015',
    standsFor: 'fault: -1003 and -1015, an order limit of its own',
    play: async (stage) =>
      obeyPause(stage, { ...THROTTLED, status: 429, code: -1015, msg: 'Too many new orders; current limit is 50.' }),
  },
  {
    name: 'ban-while-exposed',
    standsFor: 'pain 23: banned with standard settings (OctoBot#2108, freqtrade#7187)',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ method: 'GET', path: '/api/v3/openOrders', ...THROTTLED, ...TOO_MUCH, status: 418 });
      await stage.fault({ kind: 'close', stream: 'ws-api', code: 1006 });
      await stage.until('the ban to show', () => stage.fired() >= 2);
      stage.expect(stage.isProtected(), 'the stop to rest through the ban');
      await stage.until('the venue to be looked at again', () => stage.isReady());
    },
  },
  {
    name: 'clock-refused-1021',
    standsFor: 'fault: -1021, a clock that is wrong',
    play: async (stage) => {
      await stage.position();
      await stage.fault({ kind: 'clockSkew', ms: 60_000 });
      await stage.enter({ entry: 'resting' });
      stage.asked = { units: 1n, scale: 0 };
      await stage.until('the clock to be measured anew', () => clockOffsetMs(stage) > 50_000);
      await stage.until('the refused entry to be closed', () =>
        stage.view.orders().every(({ pending }) => pending === null),
      );
      stage.expect((await stage.enter()) !== null, 'no entry while the clocks differ by a minute');
      await stage.control('DELETE', 'faults');
      await stage.until('the right clock to be measured', () => clockOffsetMs(stage) < 1_000, 60_000);
      stage.expect(stage.isProtected(), 'the stop to rest');
    },
  },
  {
    name: 'key-refused-at-start',
    standsFor: 'fault: a key that is refused by the first call',
    play: async (stage) => {
      await stage.position();
      await stage.kill();
      const refused = { kind: 'status', status: 401, code: -2014, msg: 'API-key format invalid.' } as const;
      await stage.fault({ ...refused, method: 'GET', path: '/api/v3/account', times: 1 });
      await stage.restart();
      await stage.until('the refusal to show', () =>
        stage.events.some((event) => event.kind === 'venue.changed' && event.state === 'down'),
      );
      stage.expect(
        stage.ledger().positions.every(({ isProtected }) => isProtected),
        'the stop to rest at the venue',
      );
      await stage.until('the venue to be reached once it takes the key', () => stage.isReady());
    },
  },
  {
    name: 'key-revoked-later',
    standsFor: 'fault: a key revoked after it worked (-2015)',
    play: async (stage) => {
      await stage.position();
      const revoked = {
        kind: 'status',
        status: 401,
        code: -2015,
        msg: 'Invalid API-key, IP, or permissions.',
      } as const;
      await stage.fault({ ...CREATE, ...revoked });
      await stage.taken();
      stage.asked = { units: 1n, scale: 0 };
      await stage.until('the refused key to show', () => stage.view.venue(ACCOUNT)?.state === 'down');
      const denial = await stage.enter();
      stage.expect(denial !== null, 'no entry with a refused key');
      stage.expect(stage.isProtected(), 'the stop to rest');
    },
  },
];
