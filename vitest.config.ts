import { existsSync, realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** ccxt refuses deep imports through its exports map; bundling two classes by alias keeps 42 MB of heap out. */
export const ccxtAlias = {
  find: /^@ccxt\/(.*)$/,
  replacement: resolve(import.meta.dirname, 'node_modules/ccxt/js/src/$1.js'),
};

export const CHROMIUM = '/usr/bin/chromium';

export const browserAvailable = existsSync(CHROMIUM);

/** No GPU and no network of its own: the pages under test are served by vitest on this machine. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const ELECTRON_IMPORTERS = [
  'app-protocol',
  'close-question',
  'ipc-router',
  'menu',
  'navigation-guard',
  'options',
  'shortcuts',
  'single-instance',
  'start-desktop',
  'utility-process-host',
  'window',
].join(',');

/** Painters, keys and panels in a real browser; left out where there is none. */
const browserProject = {
  extends: true as const,
  test: {
    name: 'browser',
    include: ['src-renderer/**/*.browser.test.tsx'],
    testTimeout: 40_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      viewport: { width: 1920, height: 1080 },
      provider: playwright({ launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_FLAGS } }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
};

export default defineConfig({
  // A checkout may hold its packages behind a link; the browser run loads its coverage provider from there.
  server: { fs: { allow: [import.meta.dirname, realpathSync(resolve(import.meta.dirname, 'node_modules'))] } },
  resolve: { alias: [ccxtAlias] },
  test: {
    // Many files wait for sockets, disks and processes: on two cores the usual one worker idles half of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A wait ends with its event; how long a busy machine may take is no part of what is tested.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: [
            'src-main/**/*.test.ts',
            'src-preload/**/*.test.ts',
            'src-renderer/**/*.test.ts',
            'e2e/**/*.test.ts',
          ],
          testTimeout: 40_000,
        },
      },
      ...(browserAvailable ? [browserProject] : []),
    ],
    coverage: {
      provider: 'v8',
      include: ['src-main/**/*.ts', 'src-renderer/**/*.{ts,tsx}', 'src-preload/**/*.ts'],
      exclude: [
        // Tests and what only tests import: it proves code, it is none.
        '**/*.test.{ts,tsx}',
        '**/testing/**',
        // Import Electron: the desktop specs run them in the stand-in, in processes this report does not see.
        'src-main/desktop.ts',
        `src-main/desktop/{${ELECTRON_IMPORTERS}}.ts`,
        'src-preload/index.ts',
        // Has the built engine killed, time and again: e2e/chaos runs it as a program of its own.
        'src-main/operations/kill-drill/{kill-drill,run-kill-drill}.ts',
      ],
      reporter: ['text-summary', 'json-summary', 'json'],
      reportsDirectory: 'test-results/coverage',
      reportOnFailure: true,
      // Fractions of this code in percent, unit and integration runs together. Raised when there is more, never lowered.
      thresholds: {
        'src-main/**': { lines: 90, branches: 85 },
        ...(browserAvailable ? { 'src-renderer/**': { lines: 80 } } : {}),
      },
    },
  },
});
