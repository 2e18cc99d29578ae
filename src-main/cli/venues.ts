import { type Command, UsageError } from './command.ts';
import { parseOptions, refusePositionals } from './options.ts';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  markdown: { type: 'boolean', default: false },
} as const;

export const command: Command = {
  name: 'venues',
  summary: 'What each venue and product can do: order types, lists, protection',
  usage: `
usage: leeward venues [<venue>] [--json | --markdown]

Prints the table by which the engine chooses how it enters and protects on each venue.

  <venue>      one that is reached through the generic adapter, such as kucoin: what is missing there

  --json       one JSON object per venue and product
  --markdown   the page docs/venues.md
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    const [named, ...more] = positionals;
    refusePositionals(more);
    if (values.json && values.markdown) throw new UsageError('expected --json or --markdown, was both');
    const sheet = await import('./capability-sheet.ts');
    if (named !== undefined) {
      const venue = sheet.genericVenueNamed(named);
      if (venue === undefined || values.markdown)
        throw new UsageError(
          `expected a venue of the generic adapter, as leeward venues lists them, was ${JSON.stringify(named)}`,
        );
      io.out(values.json ? JSON.stringify(sheet.genericRow(venue)) : sheet.genericText(venue));
    } else if (values.json) {
      for (const row of [...sheet.capabilityRows(), ...sheet.genericRows()]) io.out(JSON.stringify(row));
    } else io.out(values.markdown ? sheet.capabilityPage() : sheet.capabilityText());
    return 0;
  },
};
