// Checks the dependency rule and that the check saw the code: with a wrong compiler it reports green on no module at all.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fail, pinnedNode, root, say } from './prepare.mjs';

const FEWEST_MODULES = 150;
const FOLDERS = ['src-main', 'src-preload', 'src-renderer'].filter((folder) => existsSync(join(root, folder)));

const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const cruise = (type) =>
  spawnSync(pinnedNode(), [cli, ...FOLDERS, '--output-type', type], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
const { stdout, stderr } = cruise('json');
let summary;
try {
  ({ summary } = JSON.parse(stdout));
} catch {
  fail(`expected a report of dependency-cruiser, was: ${stderr.trim()}`);
}
if (summary.totalCruised < FEWEST_MODULES)
  fail(`expected at least ${FEWEST_MODULES} modules, saw ${summary.totalCruised}`);
for (const { rule, from, to } of summary.violations) say(`${rule.name}: ${from} -> ${to}`);
if (summary.error > 0) fail(`${summary.error} broken layers`);
say(`layers hold: ${summary.totalCruised} modules, ${summary.totalDependenciesCruised} dependencies`);
