import type { Finding } from '../guardian/protocol.ts';

const HEADS = ['DIFFERENCE', 'ACCOUNT', 'OF', 'BELIEVED', 'VENUE SAYS', 'PROPOSED'] as const;

/** Believed beside what the venue says, as one table; undefined when there is nothing to confirm. */
export function findingsTable(findings: readonly Finding[]): string | undefined {
  if (findings.length === 0) return undefined;
  const rows = findings.map(({ accountId, believed, kind, proposed, subject, venue }) => [
    kind,
    accountId,
    subject,
    believed === '' ? '-' : believed,
    venue === '' ? '-' : venue,
    proposed,
  ]);
  const table = [[...HEADS], ...rows];
  const widths = HEADS.map((_head, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
