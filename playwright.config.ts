import { defineConfig } from '@playwright/test';
import { chooseHost, hostLabel } from './e2e/host.ts';

chooseHost();

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // Each desktop of a spec is a whole session: practice exchange, guardian, engine, worker and browser on two cores.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  outputDir: 'test-results/playwright',
  metadata: { host: hostLabel },
});
