/** A draw in [0, 1) from journaled text and a counter alone: FNV-1a, then the finalizer of MurmurHash3. */
export function draw(seed: string, counter: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}:${counter}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
