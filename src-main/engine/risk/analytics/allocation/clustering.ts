import { ensure } from '../../../domain/result.ts';
import { cell, type Matrix } from '../numeric/matrix.ts';

/** How far two clusters are apart: their nearest members, the mean over all pairs, or Ward 1963. */
export type Linkage = 'single' | 'average' | 'ward';

type Cluster = { readonly id: number; readonly leaves: readonly number[]; readonly distances: Map<number, number> };

/**
 * Leaves in the order of the merged tree, the older cluster on the left, as in SciPy's `linkage` and `to_tree`.
 * `distance` is symmetric with at least one row.
 */
export function clusterOrder(distance: Matrix, linkage: Linkage): readonly number[] {
  let clusters: readonly Cluster[] = distance.map((_, id) => ({
    id,
    leaves: [id],
    distances: new Map(distance.flatMap((_row, other) => (other === id ? [] : [[other, cell(distance, id, other)]]))),
  }));
  for (let id = distance.length; clusters.length > 1; id++) {
    const [left, right] = nearest(clusters);
    const merged: Cluster = { id, leaves: [...left.leaves, ...right.leaves], distances: new Map() };
    const rest = clusters.filter((each) => each !== left && each !== right);
    for (const other of rest) {
      const between = updated(linkage, left, right, other);
      merged.distances.set(other.id, between);
      other.distances.set(id, between);
    }
    clusters = [...rest, merged];
  }
  return ensure(clusters[0], 'a cluster').leaves;
}

function nearest(clusters: readonly Cluster[]): readonly [Cluster, Cluster] {
  let found: readonly [Cluster, Cluster] | undefined;
  let closest = Infinity;
  for (const [index, left] of clusters.entries()) {
    for (const right of clusters.slice(index + 1)) {
      const between = distanceOf(left, right);
      if (found !== undefined && between >= closest) continue;
      closest = between;
      found = [left, right];
    }
  }
  return ensure(found, 'two clusters');
}

const distanceOf = (a: Cluster, b: Cluster): number => ensure(a.distances.get(b.id), 'a distance between clusters');

/** Recurrence of Lance and Williams 1967. */
function updated(linkage: Linkage, left: Cluster, right: Cluster, other: Cluster): number {
  const [a, b] = [distanceOf(left, other), distanceOf(right, other)];
  const [l, r, o] = [left.leaves.length, right.leaves.length, other.leaves.length];
  switch (linkage) {
    case 'single':
      return Math.min(a, b);
    case 'average':
      return (l * a + r * b) / (l + r);
    case 'ward':
      return Math.sqrt(((l + o) * a ** 2 + (r + o) * b ** 2 - o * distanceOf(left, right) ** 2) / (l + r + o));
  }
}
