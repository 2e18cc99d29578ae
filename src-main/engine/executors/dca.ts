import { addDecimals, decimal, multiplyDecimals } from '../domain/decimal.ts';
import { Price } from '../domain/quantities.ts';
import { atOnce, type Executor, isBusy, isCount, isRatio, type Look, part, touch, WAIT } from './executor.ts';

const US_PER_MS = 1_000;

/** A tranche when its time has come, or earlier when the price is enough better than that of the last. */
export const dca: Executor<'dca'> = {
  check({ tranches, intervalMs, dropRatio }) {
    if (!isCount(tranches)) return 'tranches';
    if (!isCount(intervalMs, 365 * 86_400_000)) return 'intervalMs';
    return dropRatio === null || isRatio(dropRatio) ? null : 'dropRatio';
  },
  step({ tranches, intervalMs, dropRatio }, look) {
    const sent = Number(look.memo['sent'] ?? 0);
    const price = touch(look);
    if (sent >= tranches) return { ...WAIT(look), isDone: !isBusy(look) };
    if (price === null || isBusy(look)) return WAIT(look);
    const sentAtUs = Number(look.memo['sentAtUs'] ?? 0);
    const isDue = sent === 0 || look.timeUs - sentAtUs >= intervalMs * US_PER_MS;
    if (!isDue && !isBetter(look, price, dropRatio)) return WAIT(look);
    const quantity = sent === tranches - 1 ? look.left : part(look.left, tranches - sent, look.instrument);
    const memo = { sent: sent + 1, sentAtUs: look.timeUs, price: price.toString() };
    return { place: [atOnce(price, quantity)], cancel: [], memo, isDone: false };
  },
};

function isBetter({ memo, request }: Look, price: Price, dropRatio: string | null): boolean {
  const last = memo['price'];
  if (dropRatio === null || typeof last !== 'string') return false;
  const { units, scale } = decimal(dropRatio);
  const down = request.side === 'buy' ? -1n : 1n;
  const level = multiplyDecimals(decimal(last), addDecimals({ units: 1n, scale: 0 }, { units: down * units, scale }));
  return price.compare(Price.of(level)) * (request.side === 'buy' ? 1 : -1) <= 0;
}
