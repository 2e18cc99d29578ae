import { z } from 'zod';

/** Computes one case with production code; both results are then compared exactly. Throws on input of another shape. */
export type Section = (given: unknown) => { readonly actual: unknown; readonly expected: unknown };

/** A section whose cases carry their result as `expected`. */
export function section<T extends z.ZodType>(schema: T, compute: (given: z.infer<T>) => unknown): Section {
  return (given) => {
    const { expected } = z.object({ expected: z.unknown() }).parse(given);
    return { actual: compute(schema.parse(given)), expected };
  };
}
