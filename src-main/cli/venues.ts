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
usage: leeward venues [--json | --markdown]

Prints the table by which the engine chooses how it enters and protects on each venue.

  --json       one JSON object per venue and product
  --markdown   the page docs/venues.md
`,
  run: async (args, io) => {
    const { values, positionals } = parseOptions(args, OPTIONS);
    refusePositionals(positionals);
    if (values.json && values.markdown) throw new UsageError('expected --json or --markdown, was both');
    const { capabilityPage, capabilityRows, capabilityText } = await import('./capability-sheet.ts');
    if (values.json) for (const row of capabilityRows()) io.out(JSON.stringify(row));
    else io.out(values.markdown ? capabilityPage() : capabilityText());
    return 0;
  },
};
