import conventions from './conventions.json' with { type: 'json' };
import type { Sources } from './sources.ts';

/** What became of one reference case. `detail` says what was expected and what was seen. */
export type CaseResult =
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'failed'; readonly name: string; readonly detail: string }
  | { readonly outcome: 'notChosen' }
  | { readonly outcome: 'unsupported' };

export type OracleDocument = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Compares all cases of one document with our own results. A case that cannot be computed fails; throws when data is missing. */
export type Suite = (document: OracleDocument, sources: Sources) => readonly CaseResult[];

/** The cases of a document of any kind, for counting what no suite takes yet. */
export function casesOf(document: OracleDocument): readonly unknown[] {
  const { cases } = document;
  if (Array.isArray(cases)) return cases;
  return Object.values(document).flatMap((section): unknown[] => (Array.isArray(section) ? section : []));
}

const NOT_CHOSEN: Readonly<Record<string, readonly string[] | undefined>> = conventions.notChosen;

/** Whether another library's convention goes by this name: of a figure's path or of a case. */
export const isNotChosen = (kind: string, name: string): boolean => NOT_CHOSEN[kind]?.includes(name) ?? false;

/** A case that nothing computes here. */
export function withoutSuite(kind: string, given: unknown): CaseResult {
  const names: readonly unknown[] = typeof given === 'object' && given !== null ? Object.values(given) : [];
  const named = names.some((name) => typeof name === 'string' && isNotChosen(kind, name));
  return { outcome: named ? 'notChosen' : 'unsupported' };
}
