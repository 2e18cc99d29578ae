const REQUIRED_NAPI = 10;

/**
 * True, with one line on stderr and exit code 1, on a Node whose Node-API is too old: the natives segfault there without a
 * word, so nothing that may reach one is imported before this check.
 */
export function refuseOldNode(): boolean {
  const { napi } = process.versions;
  if (Number(napi) >= REQUIRED_NAPI) return false;
  process.stderr.write(
    `leeward: expected Node 24 (Node-API ${REQUIRED_NAPI}), was ${process.version} (Node-API ${napi ?? 'none'}); run it through npm\n`,
  );
  process.exitCode = 1;
  return true;
}
