import { randomBytes } from 'node:crypto';

const VALID_MS = 60 * 60_000;

type Held = { readonly key: string; untilMs: number };

/** The keys under which accounts read their private streams: valid for an hour of wall time, or as told, unless kept alive. */
export class ListenKeys {
  private readonly held = new Map<string, Held>();
  private readonly readWallMs: () => number;
  private readonly validMs: number;

  constructor(readWallMs: () => number, validMs = VALID_MS) {
    this.readWallMs = readWallMs;
    this.validMs = validMs;
  }

  /** The account's key, a new one when it has none; valid from now on. */
  issue(account: string): string {
    const held = this.held.get(account) ?? { key: randomBytes(32).toString('hex'), untilMs: 0 };
    held.untilMs = this.readWallMs() + this.validMs;
    this.held.set(account, held);
    return held.key;
  }

  /** False when the account has no key to keep alive. */
  extend(account: string): boolean {
    const held = this.held.get(account);
    if (held === undefined) return false;
    held.untilMs = this.readWallMs() + this.validMs;
    return true;
  }

  /** Ends a key; returns it, or undefined when there was none. */
  end(account: string): string | undefined {
    const held = this.held.get(account);
    this.held.delete(account);
    return held?.key;
  }

  accountOf(key: string): string | undefined {
    return [...this.held].find(([, held]) => held.key === key)?.[0];
  }

  /** Wall time at which a key runs out; 0 when it is not known. */
  validUntil(key: string): number {
    return [...this.held.values()].find((held) => held.key === key)?.untilMs ?? 0;
  }

  /** Lets every key run out now: a drill. */
  expireAll(): void {
    for (const held of this.held.values()) held.untilMs = 0;
  }

  takeExpired(): { readonly account: string; readonly key: string }[] {
    const nowMs = this.readWallMs();
    const expired = [...this.held].filter(([, { untilMs }]) => nowMs >= untilMs);
    for (const [account] of expired) this.held.delete(account);
    return expired.map(([account, { key }]) => ({ account, key }));
  }
}
