/** Runs inside a session of its own that may or may not have a keychain; prints what it found as one JSON line. */
import { openKeychain } from '../keychain.ts';

const SERVICE = 'leeward-test';

async function exercise(): Promise<Readonly<Record<string, unknown>>> {
  const keychain = await openKeychain();
  const absent = await keychain.getPassword(SERVICE, 'binance');
  await keychain.setPassword(SERVICE, 'binance', 'first canary');
  await keychain.setPassword(SERVICE, 'binance', 'second canary');
  await keychain.setPassword(SERVICE, 'kraken', 'third canary');
  const stored = await keychain.getPassword(SERVICE, 'binance');
  const found = await keychain.findCredentials(SERVICE);
  const deleted = [
    await keychain.deletePassword(SERVICE, 'binance'),
    await keychain.deletePassword(SERVICE, 'binance'),
  ];
  return { absent, stored, found, deleted, afterwards: await keychain.getPassword(SERVICE, 'binance') };
}

const result = await exercise().catch(async (error: unknown) => {
  const keychain = await openKeychain();
  const nameOf = (e: unknown): string => (e instanceof Error ? e.name : String(e));
  return {
    failure: nameOf(error),
    message: error instanceof Error ? error.message : '',
    set: await keychain.setPassword(SERVICE, 'binance', 'canary').then(() => 'stored', nameOf),
    find: await keychain.findCredentials(SERVICE).then(() => 'searched', nameOf),
  };
});
process.stdout.write(`${JSON.stringify(result)}\n`);
