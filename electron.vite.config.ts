import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { ccxtAlias } from './vitest.config.ts';

const entry = (name: string): string => resolve(import.meta.dirname, `src-main/${name}.ts`);
/** Every process Leeward starts has its own entry; each entry only wires. */
const ENTRIES: readonly string[] = [];

export default defineConfig({
  main: {
    resolve: { alias: [ccxtAlias] },
    build: {
      externalizeDeps: { exclude: ['ccxt'] },
      rollupOptions: {
        input: Object.fromEntries(ENTRIES.map((name) => [name, entry(name)])),
        external: ['protobufjs', 'bufferutil', 'fflate', 'utf-8-validate'],
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve(import.meta.dirname, 'src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react()],
    build: { rollupOptions: { input: { index: resolve(import.meta.dirname, 'src-renderer/index.html') } } },
  },
});
