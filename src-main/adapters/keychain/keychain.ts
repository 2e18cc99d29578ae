/** keytar's interface, so that whatever keeps secrets can be replaced in this file alone. */
export type Keychain = {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  /** False when there was none. */
  deletePassword(service: string, account: string): Promise<boolean>;
  findCredentials(service: string): Promise<readonly { readonly account: string; readonly password: string }[]>;
};

/** This session has no keychain, or it is locked. There is no second choice that is made silently. */
export class KeychainUnavailable extends Error {
  override readonly name = 'KeychainUnavailable';
}

/**
 * Named, because by default the library falls back to the kernel's key store, which forgets everything at reboot. The
 * name is read on Linux only.
 */
const LINUX = { linux: { store: 'secret-service' as const } };
const PROBE = 'availability-probe';

/** The operating system's keychain. Every call throws KeychainUnavailable when the session has none. */
export async function openKeychain(): Promise<Keychain> {
  // Imported here: the native part must not load before the entry has checked the Node version.
  const { AsyncEntry, findCredentialsAsync } = await import('@napi-rs/keyring');
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new KeychainUnavailable(
        `expected an unlocked keychain in this session, was ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  };
  const entry = (service: string, account: string): InstanceType<typeof AsyncEntry> =>
    new AsyncEntry(service, account, LINUX);
  return {
    getPassword: (service, account) => attempt(() => entry(service, account).getPassword()),
    setPassword: (service, account, password) => attempt(() => entry(service, account).setPassword(password)),
    deletePassword: (service, account) => attempt(() => entry(service, account).deletePassword()),
    findCredentials: (service) =>
      attempt(async () => {
        // A search takes no store and would fall back: asking the named store first throws when it is not there.
        await entry(service, PROBE).getPassword();
        return findCredentialsAsync(service);
      }),
  };
}
