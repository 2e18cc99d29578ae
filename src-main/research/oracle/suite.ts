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
  for (const list of [document['cases'], document['tables']]) {
    if (Array.isArray(list)) return list;
    if (typeof list === 'object' && list !== null) return Object.values(list);
  }
  return Object.values(document).flatMap((section): unknown[] => (Array.isArray(section) ? section : []));
}
