// `npm test`: set-up, then every suite this machine can run. Browser suites need Debian's Chromium; without it they are
// skipped by name, and with CI=true that is a failure. The last line is `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, pinnedNode, root, say } from './prepare.mjs';

const CHROMIUM = '/usr/bin/chromium';
const results = join(root, 'test-results');
const coverage = process.argv.includes('--coverage');
const total = { passed: 0, failed: 0, skipped: 0 };
let broken = false;

ensureInstalled();
ensureBuilt();
rmSync(results, { recursive: true, force: true });
mkdirSync(results);
const browser = existsSync(CHROMIUM);
if (!browser) say(`browser specs skipped: expected ${CHROMIUM}, found none (apt-get install chromium)`);
if (!browser && process.env.CI === 'true') broken = true;

vitest();
if (browser && existsSync(join(root, 'playwright.config.ts'))) playwright();
if (broken) total.failed = Math.max(total.failed, 1);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

function vitest() {
  const report = join(results, 'vitest.json');
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(coverage ? ['--coverage'] : []),
  ];
  run(['node_modules/vitest/vitest.mjs', ...args], {});
  const found = read(report);
  if (found === undefined) return;
  total.passed += found.numPassedTests;
  total.failed += found.numFailedTests;
  total.skipped += found.numPendingTests + found.numTodoTests;
  if (!found.success) broken = true;
}

function playwright() {
  const report = join(results, 'playwright.json');
  run(['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const found = read(report);
  if (found === undefined) return;
  total.passed += found.stats.expected;
  total.failed += found.stats.unexpected + found.stats.flaky;
  total.skipped += found.stats.skipped;
}

function run(args, variables) {
  const ended = spawnSync(pinnedNode(), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...variables },
  });
  if (ended.status !== 0) broken = true;
}

function read(report) {
  if (existsSync(report)) return JSON.parse(readFileSync(report, 'utf8'));
  say(`expected a report of the suite at ${report}, found none`);
  broken = true;
  return undefined;
}
