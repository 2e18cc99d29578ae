/** Where a session may trade: a venue with one of its products. */
export const VENUE_NAMES = ['binance', 'binance-cross', 'binance-isolated', 'usdm', 'kraken', 'kraken-margin'] as const;
type VenueName = (typeof VENUE_NAMES)[number];

/** A venue by its name; an isolated account also names its pair, as in `binance-isolated:ETHUSDT`. */
export type VenueChoice = VenueName | `binance-isolated:${string}`;

const DEFAULT_ISOLATED_PAIR = 'BTCUSDT';

/** Undefined when the text names no venue of ours. */
export function venueChoice(text: unknown): VenueChoice | undefined {
  if (typeof text !== 'string') return undefined;
  const [name, pair] = [text.slice(0, 'binance-isolated'.length), text.slice('binance-isolated:'.length)];
  if (name === 'binance-isolated' && /^[A-Z0-9]{5,20}$/.test(pair) && text === `${name}:${pair}`)
    return `binance-isolated:${pair}`;
  return VENUE_NAMES.find((known) => known === text);
}

/** The venue's symbol of an isolated account; null for every other choice. */
export function isolatedPair(choice: VenueChoice): string | null {
  if (!choice.startsWith('binance-isolated')) return null;
  return choice === 'binance-isolated' ? DEFAULT_ISOLATED_PAIR : choice.slice('binance-isolated:'.length);
}

/** Leverages that Kraken's margin orders may name; each pair offers some of them. */
export const KRAKEN_LEVERAGE = { least: 2, most: 5 } as const;
