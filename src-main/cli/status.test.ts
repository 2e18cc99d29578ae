import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeClientOrderId } from '../engine/domain/client-order-id.ts';
import type * as Protocol from '../guardian/protocol.ts';
import type * as Hosts from '../launcher/process-host.ts';
import { inProcessHost } from '../launcher/testing/in-process-host.ts';
import type * as Exchanges from '../practice-exchange/start-practice-exchange.ts';
import { call } from '../practice-exchange/testing/practice-client.ts';
import { runCli } from './run.ts';

const started = vi.hoisted((): { exchange?: Exchanges.PracticeExchange } => ({}));

vi.mock('../launcher/process-host.ts', async (original) => ({
  ...(await original<typeof Hosts>()),
  nodeProcessHost: () => inProcessHost(),
}));
// One thread serves all processes here: how long one of them is silent says nothing about it.
vi.mock('../guardian/protocol.ts', async (original) => ({
  ...(await original<typeof Protocol>()),
  ENGINE_SILENCE_MS: 600_000,
  GUARDIAN_SILENCE_MS: 600_000,
  STOP_ACKNOWLEDGE_MS: 600_000,
}));
// The engine's process is the test's.
vi.mock('../guardian/process-exit.ts', () => ({ endProcess: async () => undefined }));
// The keys of its accounts, for a hand beside the engine.
vi.mock('../practice-exchange/start-practice-exchange.ts', async (original) => {
  const real = await original<typeof Exchanges>();
  return {
    ...real,
    startPracticeExchange: async (options: Exchanges.PracticeExchangeOptions) =>
      (started.exchange = await real.startPracticeExchange(options)),
  };
});

const PATIENCE = { timeout: 60_000, interval: 100 };

let home: string;
let served: Promise<number>;
const errors: string[] = [];

async function status(...args: readonly string[]): Promise<string> {
  const out: string[] = [];
  const code = await runCli(['status', '--data-dir', home, ...args], {
    out: (line) => out.push(line),
    error: (line) => out.push(line),
  });
  expect([code, out.length]).toEqual([0, 1]);
  return out.join('\n');
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'leeward-status-'));
  await new Promise<void>((resolve, reject) => {
    const args = ['--port', '0', '--data-dir', home, '--set', 'reconciliation.orderForeign=halt'];
    served = runCli(['serve', ...args], { out: () => resolve(), error: (line) => errors.push(line) });
    void served.then((code) => reject(new Error(`ended with ${code}: ${errors.join('; ')}`)));
  });
}, 120_000);
afterAll(async () => {
  process.emit('SIGTERM');
  expect(await served).toBe(0);
  rmSync(home, { recursive: true });
}, 120_000);

/** A bid far below the market, as another Leeward on the account would send it. */
async function bidOfAnother(): Promise<string> {
  if (started.exchange === undefined) throw new Error('expected a practice exchange, was none');
  const newClientOrderId = makeClientOrderId({ installation: 'ffffffff', epoch: 3, counter: 7, role: 'entry' });
  const terms = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '30000.00', quantity: '0.01000' };
  const { body, status: code } = await call(
    started.exchange,
    'POST /api/v3/order',
    { symbol: 'BTCUSDT', newClientOrderId, ...terms },
    0,
  );
  expect(code).toBe(200);
  return String((body as { readonly orderId: number }).orderId);
}

describe('differences on the command line', { timeout: 180_000 }, () => {
  it('are told by status, as text and as JSON, and by serve', async () => {
    expect(await status()).not.toContain('DIFFERENCE');
    expect(JSON.parse(await status('--json'))).toMatchObject({ findings: [] });
    const venueOrderId = await bidOfAnother();
    // The guardian hears of both with the engine's beats.
    const text = await vi.waitFor(async () => {
      const now = await status();
      expect(now).toMatch(/^trading {3}halted$/m);
      expect(now).toContain('orderForeign');
      return now;
    }, PATIENCE);
    expect(text).toContain('Not re-armed before these are confirmed in the terminal:');
    expect(text).toMatch(/^DIFFERENCE +ACCOUNT +OF +BELIEVED +VENUE SAYS +PROPOSED$/m);
    expect(text).toMatch(/^otherInstallation +paper-01 +ffffffff +- +undecided +chooseOwner$/m);
    expect(text).toMatch(
      new RegExp(`^orderForeign +paper-01 +BTC/USDT ${venueOrderId} +- +accepted \\S+ +leave$`, 'm'),
    );
    expect(JSON.parse(await status('--json'))).toMatchObject({
      tradingState: 'halted',
      findings: [
        { kind: 'otherInstallation', subject: 'ffffffff', venue: 'undecided', proposed: 'chooseOwner' },
        { kind: 'orderForeign', accountId: 'paper-01', subject: `BTC/USDT ${venueOrderId}`, proposed: 'leave' },
      ],
    });
    const printed = (): readonly string[] => errors.filter((line) => line.includes('differences from the venue'));
    await vi.waitFor(() => expect(printed().at(-1)).toContain('orderForeign'), PATIENCE);
  });
});
