import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Protocol from '../guardian/protocol.ts';
import type * as Hosts from '../launcher/process-host.ts';
import { inProcessHost } from '../launcher/testing/in-process-host.ts';
import { runCli } from './run.ts';

vi.mock('../launcher/process-host.ts', async (original) => ({
  ...(await original<typeof Hosts>()),
  nodeProcessHost: () => inProcessHost(),
}));
// One thread serves all processes here: how long one of them is silent says nothing about it.
vi.mock('../guardian/protocol.ts', async (original) => ({
  ...(await original<typeof Protocol>()),
  ENGINE_SILENCE_MS: 600_000,
  GUARDIAN_SILENCE_MS: 600_000,
}));

type Shown = {
  readonly instrumentsLive: number;
  readonly brackets: number;
  readonly equity: { readonly amount: string; readonly currency: string };
  readonly journal: { readonly rows: number; readonly verified: boolean; readonly headHash: string };
  readonly ledger: { readonly agrees: boolean };
};

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'leeward-demo-test-'));
});
afterEach(() => rmSync(home, { recursive: true }));

describe('leeward demo', () => {
  it('proves journal and ledger of a session too short to count, and fails for what it lacks', async () => {
    const out: string[] = [];
    const error: string[] = [];
    const code = await runCli(['demo', '--for', '2s', '--speed', '5', '--data-dir', home, '--json'], {
      out: (line) => out.push(line),
      error: (line) => error.push(line),
    });
    const shown = JSON.parse(out.join('')) as Shown;
    expect(shown.journal).toMatchObject({
      verified: true,
      headHash: /^[0-9a-f]{64}$/.exec(shown.journal.headHash)?.[0],
    });
    expect(shown.journal.rows).toBeGreaterThan(0);
    expect(shown.ledger.agrees).toBe(true);
    expect(shown.equity.currency).toBe('USDT');
    expect(shown.brackets).toBeLessThan(20);
    expect(code).toBe(1);
    expect(error).toContain(`leeward demo: expected at least 20 brackets, was ${shown.brackets}`);
    expect(readdirSync(join(home, 'practice'))).toHaveLength(1);
  }, 60_000);
});
