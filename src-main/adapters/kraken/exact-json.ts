import { isObject, type JsonObject } from '../decode-failure.ts';

type Source = { readonly source?: string };
type ExactParse = (text: string, reviver: (key: string, value: unknown, context: Source) => unknown) => unknown;

/** Parses a message whose numbers become the texts they were written as; undefined for text that is no object. */
export function parseExact(text: string): JsonObject | undefined {
  const parse = JSON.parse as unknown as ExactParse;
  try {
    const parsed = parse(text, (_key, value, context) =>
      typeof value === 'number' ? (context.source ?? value) : value,
    );
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined; // Cut short on its way: it says nothing.
  }
}
