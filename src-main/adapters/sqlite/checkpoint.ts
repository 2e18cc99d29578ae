import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ed25519PrivateKeyFromPem, ed25519Sign, ed25519Verify } from '../signing/ed25519.ts';

/** A signed statement that the journal stood at this row: rows before it cannot change or vanish unseen. */
export type Checkpoint = {
  readonly sequence: number;
  readonly hash: string;
  readonly signedAtUs: number;
  /** Ed25519, base64. */
  readonly signature: string;
};

type Statement = Omit<Checkpoint, 'signature'>;

export function signCheckpoint(key: KeyObject, statement: Statement): Checkpoint {
  return { ...statement, signature: ed25519Sign(key, message(statement)).toString('base64') };
}

export function isCheckpointSigned(publicKey: KeyObject, checkpoint: Checkpoint): boolean {
  return ed25519Verify(publicKey, message(checkpoint), Buffer.from(checkpoint.signature, 'base64'));
}

/** The installation's own key, made on first use and readable by its owner only. Throws when the file holds another kind. */
export function installationKey(directory: string): KeyObject {
  const file = join(directory, 'journal-key.pem');
  if (existsSync(file)) return ed25519PrivateKeyFromPem(readFileSync(file, 'utf8'));
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return privateKey;
}

function message({ sequence, hash, signedAtUs }: Statement): string {
  return JSON.stringify(['leeward journal checkpoint', 1, sequence, hash, signedAtUs]);
}
