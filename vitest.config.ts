import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** ccxt refuses deep imports through its exports map; bundling two classes by alias keeps 42 MB of heap out. */
export const ccxtAlias = {
  find: /^@ccxt\/(.*)$/,
  replacement: resolve(import.meta.dirname, 'node_modules/ccxt/js/src/$1.js'),
};

export const CHROMIUM = '/usr/bin/chromium';

export default defineConfig({
  resolve: { alias: [ccxtAlias] },
  test: {
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
          testTimeout: 20_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src-main/**', 'src-renderer/**', 'src-preload/**'] },
  },
});

export const browserAvailable = existsSync(CHROMIUM);
