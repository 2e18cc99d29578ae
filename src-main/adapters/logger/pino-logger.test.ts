import { describe, expect, it } from 'vitest';
import { Secret } from '../keychain/secret.ts';
import { createLogger } from './pino-logger.ts';

const CANARY = 'canary/with+odd"signs';

function recorded(level: 'debug' | 'info' = 'debug'): { lines: string[]; logger: ReturnType<typeof createLogger> } {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level, destination: { write: (line) => void lines.push(line) } });
  return { lines, logger };
}

describe('logger', () => {
  it('writes one JSON object a line with its fields', () => {
    const { lines, logger } = recorded();
    logger.warn('venue is slow', { elapsedMs: 12 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'test', msg: 'venue is slow', elapsedMs: 12, level: 40 });
  });

  it('leaves out lines below its level', () => {
    const { lines, logger } = recorded('info');
    logger.debug('quiet');
    expect(lines).toEqual([]);
  });

  it.each(['apiKey', 'secret', 'password', 'privateKey', 'token', 'signature'])('censors the field %s', (field) => {
    const { lines, logger } = recorded();
    logger.info('fields', {
      [field]: 'plain-canary',
      deep: { [field]: 'plain-canary', er: { [field]: 'plain-canary' } },
    });
    expect(lines.join()).not.toContain('plain-canary');
  });

  it('cuts a concealed secret out of messages, errors, addresses and deep fields', () => {
    const { lines, logger } = recorded();
    logger.conceal(new Secret(CANARY));
    logger.error(`refused ${CANARY}`, {
      err: new Error(`key ${CANARY}`),
      address: `/?key=${encodeURIComponent(CANARY)}`,
      a: { b: { c: { d: [CANARY] } } },
    });
    logger.info('a secret object', { held: new Secret(CANARY) });
    for (const form of [CANARY, JSON.stringify(CANARY).slice(1, -1), encodeURIComponent(CANARY)]) {
      expect(lines.join()).not.toContain(form);
    }
    expect(lines.every((line) => typeof JSON.parse(line) === 'object')).toBe(true);
  });
});
