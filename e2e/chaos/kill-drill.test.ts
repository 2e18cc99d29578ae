import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const cli = resolve(import.meta.dirname, '../../out/main/cli.js');
/** One kill at each failpoint: the drill's figures name them. */
const KILLS = 14;
const MINUTES = 60_000;

/** The short form of `leeward chaos`; `npm test` builds the bundles first. */
describe.skipIf(!existsSync(cli))('kill -9 of the built engine', () => {
  it(
    'costs nothing, once at every failpoint',
    async () => {
      const args = [cli, 'chaos', '--kills', String(KILLS), '--seed', 'short', '--json'];
      const { code, out, error } = await new Promise<{ code: number; out: string; error: string }>((settle) => {
        const child = execFile(process.execPath, args, (_failure, stdout, stderr) =>
          settle({ code: child.exitCode ?? -1, out: stdout, error: stderr }),
        );
      });
      expect(code, error).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        kills: KILLS,
        duplicated: 0,
        lost: 0,
        sentBeforeCommit: 0,
        halted: true,
        verified: true,
        ok: true,
      });
    },
    4 * MINUTES,
  );
});
