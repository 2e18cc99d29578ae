import type { CommandOutcome } from '../../engine/domain/events.ts';
import type { Clock } from '../../engine/ports/clock.ts';

/** Adds when the request went out: what waited for a limiter was decided earlier. */
export async function stamped(
  clock: Clock,
  send: (onSent: () => void) => Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  let sentAtUs: number | undefined;
  const outcome = await send(() => (sentAtUs = clock.nowUs()));
  return sentAtUs === undefined ? outcome : { ...outcome, sentAtUs };
}
