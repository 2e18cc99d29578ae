import { describe, expect, it } from 'vitest';
import { createCore } from '../core.ts';
import type { JsonValue } from '../ports/store.ts';
import { commandId } from '../domain/identifiers.ts';
import { CoreSession } from '../testing/core-session.ts';
import { STATE_VERSION } from './state-version.ts';

type Saved = Readonly<Record<string, JsonValue>>;

/** A state as the core would save it, after one command. */
function saved(): Saved {
  const session = new CoreSession();
  session.start();
  session.command({ kind: 'halt', reason: 'lunch' }, { commandId: commandId('once') });
  return JSON.parse(JSON.stringify(session.core.snapshot())) as Saved;
}

describe('the version of a saved state', () => {
  it('is in it', () => expect(saved()['version']).toBe(STATE_VERSION));

  it.each([STATE_VERSION + 1, 0, 1.5, '1', null])('is refused when it is %j', (version) => {
    const restore = (): void => createCore().restore({ ...saved(), version });
    expect(restore).toThrow(`expected a state of version 1 to ${STATE_VERSION}, was ${JSON.stringify(version)}`);
  });

  it('is brought up where there is none: an id of version 1 is still known, its answer is not', () => {
    const { version: _version, ...older } = saved();
    const state = { ...(older['state'] as Saved), commands: { '@map': [['once', 1]] } };
    const session = new CoreSession();
    session.start();
    session.core.restore({ ...older, state });
    const decisions = session.command({ kind: 'halt', reason: 'lunch' }, { commandId: commandId('once') });
    expect(decisions).toContainEqual(
      expect.objectContaining({ denial: { code: 'COMMAND_REPLAYED', params: { commandId: 'once' } } }),
    );
  });
});
