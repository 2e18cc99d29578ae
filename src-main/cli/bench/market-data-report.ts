import type { LoadResult } from './depth-load.ts';
import type { HandlerCost } from './handler-cost.ts';
import type { ReaderMode } from './reader.ts';

type Modes = Readonly<Record<ReaderMode, LoadResult>>;

/** The budgets of ARCHITECTURE.md for market data, judged by one run. */
export function judged({ bare, native, ccxt }: Modes, handlers: readonly HandlerCost[]) {
  const ratios = {
    cpuNativeToCcxt: ratio(native.cpuPercent, ccxt.cpuPercent),
    p99NativeToBare: ratio(native.latencyUs.p99, bare.latencyUs.p99),
    handlerNativeToCcxt: Math.max(...handlers.map(({ nativeUs, ccxtUs }) => ratio(nativeUs, ccxtUs))),
  };
  const budgets = {
    cpuAtMostHalfOfCcxt: ratios.cpuNativeToCcxt <= 0.5,
    handlerAtMostThirdOfCcxt: ratios.handlerNativeToCcxt <= 1 / 3,
    p95Below600Us: native.latencyUs.p95 < 600,
    p99AtMostOneAndAHalfOfBare: ratios.p99NativeToBare <= 1.5,
  };
  return { ratios, budgets };
}

export const ratio = (a: number, b: number): number => Number((a / b).toFixed(3));

export function line({ cpuPercent, cpuUsPerMessage, latencyUs, rssMb, seenRatio }: LoadResult): string {
  const cpu = `${cpuPercent.toFixed(2)} % of a core, ${cpuUsPerMessage.toFixed(1)} us a message`;
  return `${cpu}, p50 ${latencyUs.p50} p95 ${latencyUs.p95} p99 ${latencyUs.p99} us, ${Math.round(rssMb)} MB, ${(seenRatio * 100).toFixed(1)} % seen`;
}

export function table(
  modes: Modes,
  handlers: readonly HandlerCost[],
  budgets: Readonly<Record<string, boolean>>,
): string {
  const rows = Object.entries(modes).map(([mode, result]) => `${mode.padEnd(7)} ${line(result)}`);
  const costs = handlers.map(
    ({ levels, depth, nativeUs, ccxtUs }) =>
      `handler, ${levels} levels on a book of ${depth}: native ${nativeUs.toFixed(2)} us, ccxt ${ccxtUs.toFixed(2)} us`,
  );
  const verdicts = Object.entries(budgets).map(([budget, isMet]) => `${isMet ? 'met' : 'MISSED'}  ${budget}`);
  return [...rows, ...costs, ...verdicts].join('\n');
}
