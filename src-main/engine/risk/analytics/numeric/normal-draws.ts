/**
 * Uniform draws in (0, 1) from a seed: sfc32 of Chris Doty-Humphrey (public domain, passes PractRand). The same seed gives
 * the same draws on every machine.
 */
export function uniformDraws(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return ((out >>> 0) + 0.5) / 2 ** 32;
  };
  // The first draws still show the seed.
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** Standard normal draws by the transform of Box and Muller 1958. */
export function normalDraws(seed: number): () => number {
  const uniform = uniformDraws(seed);
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
