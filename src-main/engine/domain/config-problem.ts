/** One thing wrong with a configuration, with the layer and the path it was found at. */
export type ConfigProblem = {
  readonly source: string;
  readonly path: string;
  readonly expected: string;
  readonly was: string;
};

/** `demo.json: risk.maxOrderNotionalRatio: expected a ratio between 0 and 1 as decimal text, was 7`. */
export function describeProblem({ source, path, expected, was }: ConfigProblem): string {
  const place = path === '' ? source : `${source}: ${path}`;
  return `${place}: expected ${expected}, was ${was}`;
}

/** A value as it would stand in JSON, cut to one short line. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) as string | undefined);
  const line = text ?? typeof value;
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** The known key with the fewest edits, or none when all are far from what was written. */
export function nearestKey(written: string, known: readonly string[]): string | undefined {
  let nearest: { key: string; edits: number } | undefined;
  for (const key of known) {
    const edits = editDistance(written.toLowerCase(), key.toLowerCase());
    if (nearest === undefined || edits < nearest.edits) nearest = { key, edits };
  }
  const tolerated = Math.max(2, Math.floor(written.length / 2));
  return nearest !== undefined && nearest.edits <= tolerated ? nearest.key : undefined;
}

export function unknownKey(written: string, known: readonly string[]): Pick<ConfigProblem, 'expected' | 'was'> {
  const nearest = nearestKey(written, known);
  const expected = nearest === undefined ? `one of the keys ${known.join(', ')}` : `a known key such as ${nearest}`;
  return { expected, was: shownValue(written) };
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
