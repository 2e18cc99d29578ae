import type { ExecutorKind } from '../domain/executor.ts';
import { chase } from './chase.ts';
import { dca } from './dca.ts';
import type { Executor } from './executor.ts';
import { grid } from './grid.ts';
import { iceberg } from './iceberg.ts';
import { ladder } from './ladder.ts';
import { pov } from './pov.ts';
import { pyramid } from './pyramid.ts';
import { scale } from './scale.ts';
import { twap } from './twap.ts';

const EXECUTORS: { readonly [K in ExecutorKind]: Executor<K> } = {
  twap,
  iceberg,
  pov,
  chase,
  ladder,
  dca,
  grid,
  scale,
  pyramid,
};

/** Undefined for a kind from outside that there is none of. */
export const executorOf = (kind: ExecutorKind): Executor<ExecutorKind> | undefined =>
  // The table pairs each kind with its own parameters; the compiler cannot follow that through a lookup.
  Object.hasOwn(EXECUTORS, kind) ? (EXECUTORS[kind] as unknown as Executor<ExecutorKind>) : undefined;
