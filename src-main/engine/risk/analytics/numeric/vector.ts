/** Numbers in order: an array or a Float64Array. */
export type Vector = ArrayLike<number>;

/** NaN outside the vector, so that a wrong index shows in the result. */
export const at = (vector: Vector, index: number): number => vector[index] ?? NaN;

export function vector(length: number, value: (index: number) => number): Float64Array {
  const out = new Float64Array(length);
  for (let i = 0; i < length; i++) out[i] = value(i);
  return out;
}

export function sum(values: Vector): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += at(values, i);
  return total;
}

/** Over the length of `a`. */
export function dot(a: Vector, b: Vector): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += at(a, i) * at(b, i);
  return total;
}
