import { TOP_FIELDS } from '../engine/domain/config-fields.ts';
import { UsageError } from './command.ts';

export const VENUES_USAGE = `--venues <list>  where to trade: binance, and beside it any of binance-cross, binance-isolated (of BTCUSDT, or named:
                   binance-isolated:ETHUSDT), usdm, kraken, kraken-margin (default: what the configuration names, binance)`;

/** The option as values of the configuration, none when it was not given. Throws UsageError for an unknown name, and when binance is missing. */
export function venuesOverride(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const { accept, expected, fromText } = TOP_FIELDS.venues;
  if (accept(fromText(text)) === undefined)
    throw new UsageError(`expected --venues as ${expected}, was ${JSON.stringify(text)}`);
  return [`venues=${text}`];
}
