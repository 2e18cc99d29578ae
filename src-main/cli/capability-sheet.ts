import { PRODUCTS_OF_VENUES, type VenueCapabilities } from '../engine/domain/capabilities.ts';
import type { Product, Venue } from '../engine/domain/identifiers.ts';

export type CapabilityRow = { readonly venue: Venue; readonly product: Product } & VenueCapabilities;

/** The engine's own table, one row for each venue and product. */
export const capabilityRows = (): readonly CapabilityRow[] =>
  PRODUCTS_OF_VENUES.map(([venue, product, capabilities]) => ({ venue, product, ...capabilities }));

type Line = { readonly name: string; readonly of: (row: CapabilityRow) => string };

const yes = (holds: boolean): string => (holds ? 'yes' : 'no');

/** What each line of the sheet says, in the order of the table. */
const LINES: readonly Line[] = [
  { name: 'order types', of: ({ orderTypes }) => orderTypes.join(', ') },
  { name: 'time in force', of: ({ timesInForce }) => timesInForce.join(', ') },
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

/** One block for each venue and product. */
export function capabilityText(): string {
  const width = Math.max(...LINES.map(({ name }) => name.length));
  const blocks = capabilityRows().map((row) =>
    [titleOf(row), ...LINES.map(({ name, of }) => `  ${name.padEnd(width)}  ${of(row)}`)].join('\n'),
  );
  return blocks.join('\n\n');
}

/** The page docs/venues.md, without the alignment that the formatter adds. */
export function capabilityPage(): string {
  const rows = capabilityRows();
  const table = [
    ['', ...rows.map(titleOf)],
    ['---', ...rows.map(() => '---')],
    ...LINES.map(({ name, of }) => [name, ...rows.map(of)]),
  ];
  return [
    '# What each venue can do',
    '',
    'Generated from `src-main/engine/domain/capabilities.ts`, the table by which the engine chooses how it enters and protects.',
    '`leeward venues` prints the same, `--json` one object a row, `--markdown` for this page.',
    '',
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}
