import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { PROTOCOL_SECTIONS, type Section } from './protocol-sections.ts';
import type { CaseResult, OracleDocument } from './suite.ts';

/** Signatures, one-time codes, book checksums and decimal rounding: exact equality, no tolerance. */
export function protocolSuite(document: OracleDocument): readonly CaseResult[] {
  return Object.entries(document).flatMap(([name, cases]): CaseResult[] => {
    if (!Array.isArray(cases)) return [];
    const section = PROTOCOL_SECTIONS[name];
    return cases.map((given: unknown, index) =>
      section === undefined ? { outcome: 'unsupported' } : judge(`${name}[${index}]`, section, given),
    );
  });
}

function judge(name: string, section: Section, given: unknown): CaseResult {
  try {
    const { actual, expected } = section(given);
    if (isDeepStrictEqual(actual, expected)) return { outcome: 'passed' };
    return { outcome: 'failed', name, detail: `expected ${JSON.stringify(expected)}, was ${JSON.stringify(actual)}` };
  } catch (error) {
    const text = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { outcome: 'failed', name, detail: `expected a result, was ${text.replaceAll('\n', ' ')}` };
  }
}
