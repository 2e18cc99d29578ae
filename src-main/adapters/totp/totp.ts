import { createGuardrails, generateSecret, generateSync, verifySync } from 'otplib';

export type TotpSettings = {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 7 | 8;
  readonly periodSeconds: number;
};

/** What authenticator apps assume when nothing is said. */
export const TOTP_DEFAULTS: TotpSettings = { algorithm: 'sha1', digits: 6, periodSeconds: 30 };

/** 80 bits, as venues still hand out; otplib refuses less than 128 by itself. */
const guardrails = createGuardrails({ MIN_SECRET_BYTES: 10 });

/** A new secret of 160 bits in base32, as RFC 4226 recommends. */
export function newTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/** RFC 6238 code at `unixSeconds`. Throws when the secret is not base32 or shorter than 80 bits. */
export function totpCode(secret: string, unixSeconds: number, settings: TotpSettings = TOTP_DEFAULTS): string {
  return generateSync({ ...otplibOptions(secret, settings), epoch: unixSeconds });
}

export type TotpCheck = {
  readonly secret: string;
  readonly code: string;
  readonly unixSeconds: number;
  /** Last step already used: a code counts once. */
  readonly afterStep?: number;
};

/** The time step the code belongs to, the current or the one before; undefined when it is wrong, too old or used. */
export function verifyTotp(check: TotpCheck, settings: TotpSettings = TOTP_DEFAULTS): number | undefined {
  if (!new RegExp(`^\\d{${settings.digits}}$`).test(check.code)) return undefined;
  const result = verifySync({
    ...otplibOptions(check.secret, settings),
    token: check.code,
    epoch: check.unixSeconds,
    epochTolerance: [settings.periodSeconds, 0],
    ...(check.afterStep === undefined ? {} : { afterTimeStep: check.afterStep }),
  });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

function otplibOptions(secret: string, { algorithm, digits, periodSeconds }: TotpSettings) {
  return { secret: secret.replace(/=+$/, ''), algorithm, digits, period: periodSeconds, guardrails };
}
