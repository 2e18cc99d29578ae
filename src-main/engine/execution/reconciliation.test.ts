import { describe, expect, it } from 'vitest';
import { ACCOUNT, CoreSession } from '../testing/core-session.ts';

describe('a venue that was degraded', () => {
  it('is looked at as soon as it is ready again', () => {
    const session = new CoreSession();
    session.start();
    const changed = { kind: 'venue.changed', accountId: ACCOUNT, detail: 'private event lost' } as const;
    session.dispatch({ ...changed, state: 'degraded' });
    const decisions = session.dispatch({ ...changed, state: 'ready' });
    expect(decisions.filter(({ kind }) => kind === 'venue.reconcile')).toHaveLength(1);
  });
});
