import { type Amount, parseAmount } from '../matching/grid.ts';

export type Bracket = {
  readonly bracket: number;
  readonly floor: Amount;
  readonly cap: Amount;
  readonly initialLeverage: number;
  /** Ten-thousandths of the notional. */
  readonly maintenanceBps: bigint;
  /** What is taken off so that the maintenance margin has no step where brackets meet. */
  readonly cum: Amount;
};

/** Notional cap in USDT, highest leverage, maintenance rate: ten steps of the form the venue publishes, for every symbol. */
const STEPS: readonly (readonly [cap: string, leverage: number, maintenanceBps: number])[] = [
  ['50000', 125, 40],
  ['250000', 100, 50],
  ['3000000', 50, 100],
  ['15000000', 20, 250],
  ['30000000', 10, 500],
  ['80000000', 5, 1000],
  ['100000000', 4, 1250],
  ['200000000', 3, 1500],
  ['300000000', 2, 2500],
  ['500000000', 1, 5000],
];
const BPS = 10_000n;

export const HIGHEST_LEVERAGE = 125;
export const FIRST_LEVERAGE = 20;
export const BRACKETS: readonly Bracket[] = bracketsOf();

function bracketsOf(): Bracket[] {
  const brackets: Bracket[] = [];
  for (const [index, [cap, initialLeverage, bps]] of STEPS.entries()) {
    const before = brackets.at(-1);
    const floor = before?.cap ?? 0n;
    const maintenanceBps = BigInt(bps);
    const cum = before === undefined ? 0n : before.cum + (floor * (maintenanceBps - before.maintenanceBps)) / BPS;
    brackets.push({ bracket: index + 1, floor, cap: parseAmount(cap), initialLeverage, maintenanceBps, cum });
  }
  return brackets;
}

/** The bracket a position of this notional is in; the last one beyond them all. */
export function bracketOf(notional: Amount): Bracket {
  const found = BRACKETS.find(({ cap }) => notional <= cap) ?? BRACKETS.at(-1);
  if (found === undefined) throw new RangeError('expected a bracket, was none');
  return found;
}

/** Maintenance margin = notional x rate - cum, as the venue documents it. */
export function maintenanceOf(notional: Amount): Amount {
  const { maintenanceBps, cum } = bracketOf(notional);
  return (notional * maintenanceBps) / BPS - cum;
}

/** The largest notional the venue lets a position have at this leverage. */
export const capAtLeverage = (leverage: number): Amount =>
  BRACKETS.filter(({ initialLeverage }) => initialLeverage >= leverage).at(-1)?.cap ?? 0n;
