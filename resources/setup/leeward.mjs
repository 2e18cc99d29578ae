// `leeward <command>` from a checkout: builds first when the bundle is missing or older than its sources.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, fail, pinnedNode, root, runForeground } from './prepare.mjs';

if (!existsSync(join(root, 'node_modules/electron-vite')))
  fail('expected installed dependencies, found none: run npm ci');
ensureBuilt();
runForeground(pinnedNode(), [join(root, 'out/main/cli.js'), ...process.argv.slice(2)]);
