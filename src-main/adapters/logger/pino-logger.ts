import { type DestinationStream, pino } from 'pino';
import type { LogFields, Logger } from '../../engine/ports/logger.ts';
import type { Secret } from '../keychain/secret.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LoggerOptions = {
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; stderr by default, because stdout carries results. */
  readonly destination?: DestinationStream;
};

export type ConcealingLogger = Logger & {
  /** From now on the text of `secret` never appears in a line, wherever it came from. */
  conceal(secret: Secret): void;
};

const CENSORED = '[secret]';
/** Fields that never belong in a log, up to three levels deep, whoever puts them there. */
const SECRET_FIELDS = ['apiKey', 'secret', 'password', 'passphrase', 'privateKey', 'token', 'signature', 'listenKey'];
const SECRET_PATHS = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
/** Shorter texts would blank out ordinary words. */
const SHORTEST_CONCEALED = 6;

/**
 * Structured lines, one JSON object each. Two guards keep secrets out: named fields are censored, and the text of every
 * concealed secret is cut from the finished line, so one inside an error message does not slip through.
 */
export function createLogger(options: LoggerOptions): ConcealingLogger {
  const concealed: string[] = [];
  const lines = pino(
    {
      level: options.level,
      base: { name: options.name },
      redact: { paths: SECRET_PATHS, censor: CENSORED },
      hooks: { streamWrite: (line) => concealed.reduce((text, secret) => text.replaceAll(secret, CENSORED), line) },
    },
    options.destination ?? pino.destination({ dest: 2, sync: true }),
  );
  const write =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void =>
      lines[level](fields, message);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    conceal(secret) {
      concealed.push(...formsOf(secret.reveal()));
    },
  };
}

/** A secret as it may stand in a line: bare, escaped inside JSON, or percent-encoded in an address. */
function formsOf(text: string): readonly string[] {
  if (text.length < SHORTEST_CONCEALED) return [];
  return [...new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])];
}
