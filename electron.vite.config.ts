import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { ccxtAlias } from './vitest.config.ts';

const entry = (name: string): string => resolve(import.meta.dirname, `src-main/${name}.ts`);
/** Every process Leeward starts has its own entry; each entry only wires. */
const ENTRIES: readonly string[] = [
  'headless',
  'guardian',
  'engine',
  'worker',
  'server',
  'practice-exchange',
  'cli',
  'desktop',
  'adapters/sqlite/checkpoint-thread',
];

/** electron-vite builds the parts that are named; a part whose entry does not exist yet is left out. */
const whenPresent = <T>(path: string, part: T): T | undefined =>
  existsSync(resolve(import.meta.dirname, path)) ? part : undefined;

const preload = whenPresent('src-preload/index.ts', {
  build: {
    externalizeDeps: false,
    rolldownOptions: {
      input: { index: resolve(import.meta.dirname, 'src-preload/index.ts') },
      output: { format: 'cjs' as const, entryFileNames: '[name].cjs' },
    },
  },
});

const renderer = whenPresent('src-renderer/index.html', {
  root: 'src-renderer',
  plugins: [react()],
  build: {
    minify: true,
    // Served from this machine only: one chunk loads faster than several.
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: { input: { index: resolve(import.meta.dirname, 'src-renderer/index.html') } },
  },
});

export default defineConfig({
  ...(preload && { preload }),
  ...(renderer && { renderer }),
  main: {
    resolve: { alias: [ccxtAlias] },
    build: {
      externalizeDeps: { exclude: ['ccxt'] },
      rolldownOptions: {
        // ccxt imports an optional peer that is not installed, for a venue that is not used.
        checks: { importIsUndefined: false },
        input: Object.fromEntries(ENTRIES.map((name) => [name, entry(name)])),
        external: ['protobufjs', 'bufferutil', 'fflate', 'utf-8-validate'],
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
});
