import { acceptanceOf, MISSING_WORDS, missingDigest } from '../adapters/generic/missing-words.ts';
import {
  capabilitiesOf,
  PRODUCTS_OF_VENUES,
  restsStops,
  type VenueCapabilities,
} from '../engine/domain/capabilities.ts';
import { abilitiesOf, GENERIC_VENUES, type GenericVenue, isGenericVenue } from '../engine/domain/generic-venues.ts';
import type { Product, Venue } from '../engine/domain/identifiers.ts';
import { type MissingCapability, missingAt } from '../engine/domain/missing-capabilities.ts';

export type CapabilityRow = { readonly venue: Venue; readonly product: Product } & VenueCapabilities;

/** The engine's own table, one row for each venue and product. */
export const capabilityRows = (): readonly CapabilityRow[] =>
  PRODUCTS_OF_VENUES.map(([venue, product, capabilities]) => ({ venue, product, ...capabilities }));

export type GenericRow = CapabilityRow & {
  readonly venue: GenericVenue;
  readonly missing: readonly MissingCapability[];
  /** What a person writes into the configuration to trade there with real money. */
  readonly acceptedRisk: string;
};

/** A venue that only ccxt knows. */
export const genericRow = (venue: GenericVenue): GenericRow => ({
  venue,
  product: 'SPOT',
  ...capabilitiesOf(venue, 'SPOT'),
  missing: missingAt(venue),
  acceptedRisk: acceptanceOf(venue),
});

export const genericRows = (): readonly GenericRow[] => GENERIC_VENUES.map(genericRow);

type Line = { readonly name: string; readonly of: (row: CapabilityRow) => string };

const yes = (holds: boolean): string => (holds ? 'yes' : 'no');
const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

/** What each line of the sheet says, in the order of the table. */
const LINES: readonly Line[] = [
  { name: 'order types', of: ({ orderTypes }) => listed(orderTypes) },
  { name: 'time in force', of: ({ timesInForce }) => listed(timesInForce) },
  { name: 'shows part of an order', of: ({ icebergs }) => yes(icebergs) },
  { name: 'stop survives us', of: (row) => yes(restsStops(row)) },
  { name: 'lists: one cancels the other', of: ({ lists }) => yes(lists.oco) },
  { name: 'lists: one triggers the other', of: ({ lists }) => yes(lists.oto) },
  { name: 'lists: one triggers a pair', of: ({ lists }) => yes(lists.otoco) },
  { name: 'stop rests before the entry', of: ({ stopBeforeEntry }) => yes(stopBeforeEntry) },
  { name: 'reduce-only', of: ({ reduceOnly }) => yes(reduceOnly) },
  { name: 'two stops at once', of: ({ twoStops }) => yes(twoStops) },
  { name: 'resting orders lock funds', of: ({ locksFunds }) => yes(locksFunds) },
  { name: 'sells holdings only', of: ({ sellsOnlyHoldings }) => yes(sellsOnlyHoldings) },
  { name: 'fees reduce what was bought', of: ({ feesReduceHolding }) => yes(feesReduceHolding) },
  { name: 'change of a limit order', of: ({ modify }) => modify },
  {
    name: 'change of an order with a trigger',
    of: ({ modify, modifyConditional }) => (modifyConditional ? modify : 'no'),
  },
  { name: 'a create is refused when late by', of: ({ createDeadlineMs: ms }) => (ms === null ? 'never' : `${ms} ms`) },
  { name: "dead man's timer", of: ({ deadMan }) => deadMan },
  {
    name: "dead man's timer cancels stops",
    of: ({ deadMan, deadManTouchesStops }) => (deadMan === 'none' ? '-' : yes(deadManTouchesStops)),
  },
  { name: 'found by our own id', of: ({ lookupByClientId }) => yes(lookupByClientId) },
  { name: 'reports positions', of: ({ positions }) => yes(positions) },
  { name: 'leverage', of: ({ leverage }) => yes(leverage) },
];

const titleOf = ({ venue, product }: CapabilityRow): string => `${venue} ${product}`;

const WIDTH = Math.max(...LINES.map(({ name }) => name.length));
const blockOf = (row: CapabilityRow): string =>
  [titleOf(row), ...LINES.map(({ name, of }) => `  ${name.padEnd(WIDTH)}  ${of(row)}`)].join('\n');

/** One block for each venue and product with an adapter of its own, then the names of all others. */
export function capabilityText(): string {
  const others = (word: string, trades: boolean): string => {
    const names = genericRows().filter(({ orderTypes }) => orderTypes.length > 0 === trades);
    return `  ${word.padEnd(WIDTH)}  ${names.map(({ venue }) => venue).join(' ')}`;
  };
  const rest = [
    'THROUGH THE GENERIC ADAPTER (leeward venues <venue> lists what is missing)',
    others('orders with accepted risk', true),
    others('market data only', false),
  ];
  return [...capabilityRows().map(blockOf), rest.join('\n')].join('\n\n');
}

/** One venue that only ccxt knows: what is relied on, what is missing, and what accepting that takes. */
export function genericText(venue: GenericVenue): string {
  const { missing, acceptedRisk, ...row } = genericRow(venue);
  return [
    blockOf(row),
    '',
    `missing, ${missingDigest(venue)}`,
    ...missing.map((gap) => `  ${MISSING_WORDS[gap]}`),
    '',
    row.orderTypes.length === 0
      ? 'Market data only: orders are refused.'
      : `Live orders need in the configuration: "acceptedRisk": ${JSON.stringify(acceptedRisk)}`,
  ].join('\n');
}

/** The venue of a command line, in either case; undefined when ccxt knows none of that name. */
export function genericVenueNamed(text: string): GenericVenue | undefined {
  const venue = text.toUpperCase();
  return isGenericVenue(venue) ? venue : undefined;
}

const COLUMNS: readonly { readonly name: string; readonly of: (row: GenericRow) => string }[] = [
  { name: 'venue', of: ({ venue }) => venue },
  { name: 'orders', of: ({ orderTypes }) => (orderTypes.length === 0 ? 'no' : 'with accepted risk') },
  { name: 'order types', of: ({ orderTypes }) => listed(orderTypes) },
  { name: 'time in force', of: ({ timesInForce }) => listed(timesInForce) },
  { name: 'found by our own id', of: ({ lookupByClientId }) => yes(lookupByClientId) },
  { name: 'book', of: ({ venue }) => (abilitiesOf(venue).has('bookStream') ? 'streamed' : 'asked for') },
  { name: 'own orders', of: ({ venue }) => (abilitiesOf(venue).has('orderStream') ? 'streamed' : 'asked for') },
  { name: 'digest', of: ({ venue }) => missingDigest(venue) },
];

const tableOf = (rows: readonly (readonly string[])[]): readonly string[] => {
  const [head = [], ...body] = rows;
  return [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
};

/** The page docs/venues.md, without the alignment that the formatter adds. */
export function capabilityPage(): string {
  const rows = capabilityRows();
  return [
    '# What each venue can do',
    '',
    'Generated from `src-main/engine/domain/capabilities.ts`, the table by which the engine chooses how it enters and protects.',
    '`leeward venues` prints the same, `--json` one object a row, `--markdown` for this page.',
    '',
    ...tableOf([['', ...rows.map(titleOf)], ...LINES.map(({ name, of }) => [name, ...rows.map(of)])]),
    '',
    '## Through the generic adapter',
    '',
    'Every other spot venue of ccxt ([ADR 9](adr/0009-generic-venues.md)). No stop rests there: the engine watches its trigger, and',
    'the stop does not survive us. Whatever ccxt says of stops, lists, reduce-only orders and timers is not used, because nothing',
    'proved it. `leeward venues <venue>` lists what is missing at one of them; the digest names that list.',
    '',
    'The list of venues in a configuration file takes an object for each:',
    '',
    '```json',
    '{ "adapter": "generic", "id": "kucoin", "instruments": ["BTC/USDT.KUCOIN.SPOT"] }',
    '```',
    '',
    'Unless `"mode": "live"` says otherwise it is on paper: a practice exchange of its own plays what the venue trades now, and orders go',
    'there by the same adapter. Live orders also need `"acceptedRisk"` with the text that `leeward venues kucoin` prints, and keys stored',
    'by `leeward keys set kucoin`; when the list of what is missing changes, the text does, and the old one is refused.',
    '',
    ...tableOf([COLUMNS.map(({ name }) => name), ...genericRows().map((row) => COLUMNS.map(({ of }) => of(row)))]),
    '',
  ].join('\n');
}
