import {
  atOnce,
  type Executor,
  isBusy,
  isCount,
  isPrice,
  isRatio,
  isWithin,
  type Look,
  part,
  touch,
  WAIT,
} from './executor.ts';

const US_PER_MS = 1_000;

/** Slices spread evenly over the time; what a slice could not buy is left to the later ones. */
export const twap: Executor<'twap'> = {
  check({ durationMs, slices, jitterRatio, limitPrice }) {
    if (!isCount(durationMs, 30 * 86_400_000)) return 'durationMs';
    if (!isCount(slices)) return 'slices';
    if (!isRatio(jitterRatio, true)) return 'jitterRatio';
    return limitPrice === null || isPrice(limitPrice) ? null : 'limitPrice';
  },
  step(params, look) {
    const times = (look.memo['times'] as readonly number[] | undefined) ?? drawTimes(params, look);
    const sent = Number(look.memo['sent'] ?? 0);
    const elapsedUs = look.timeUs - look.startedAtUs;
    const isOver = elapsedUs >= (params.durationMs + params.durationMs / params.slices) * US_PER_MS;
    const memo = { times, sent };
    if (isOver && !isBusy(look)) return { place: [], cancel: [], memo, isDone: true };
    const price = touch(look);
    const due = times.filter((atUs) => atUs <= elapsedUs).length;
    if (due <= sent || price === null || isBusy(look) || !isWithin(look.request.side, price, params.limitPrice)) {
      return { ...WAIT(look), memo };
    }
    // Slices missed while nothing could be bought are made up for in one.
    const quantity = due >= params.slices ? look.left : part(look.left, params.slices - due + 1, look.instrument);
    return { place: [atOnce(price, quantity)], cancel: [], memo: { times, sent: due }, isDone: false };
  },
};

/** When each slice is due, in microseconds from the start: somewhere within the jittered part of its interval. */
function drawTimes(
  { durationMs, slices, jitterRatio }: Parameters<typeof twap.step>[0],
  { random }: Look,
): readonly number[] {
  const interval = (durationMs * US_PER_MS) / slices;
  return Array.from({ length: slices }, (_, index) => Math.floor((index + random() * Number(jitterRatio)) * interval));
}
