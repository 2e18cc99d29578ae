/** The dependency rule of ARCHITECTURE.md §2 as data. `npm run layers` also fails when it sees no modules. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const ENTRIES = '^src-main/(desktop|headless|guardian|engine|worker|server|practice-exchange|cli)\\.ts$';

module.exports = {
  forbidden: [
    forbid('no-circular', 'A cycle has no bottom layer.', {}, { circular: true }),
    forbid(
      'domain-alone',
      'The domain depends on nothing.',
      { path: '^src-main/engine/domain/', pathNot: '\\.test\\.ts$' },
      { pathNot: '^src-main/engine/domain/' },
    ),
    forbid(
      'ports-on-domain',
      'Ports speak the domain only.',
      { path: '^src-main/engine/ports/' },
      { pathNot: '^src-main/engine/(domain|ports)/' },
    ),
    forbid(
      'engine-pure',
      'The engine reaches the world through ports.',
      { path: '^src-main/engine/', pathNot: '(\\.test\\.ts$|/testing/)' },
      { pathNot: '^src-main/engine/' },
    ),
    forbid(
      'risk-not-execution',
      'Only engine.ts wires strategy -> risk gate -> execution.',
      { path: '^src-main/engine/risk/' },
      { path: '^src-main/engine/execution/' },
    ),
    forbid(
      'execution-not-risk',
      'Only engine.ts wires strategy -> risk gate -> execution.',
      { path: '^src-main/engine/execution/' },
      { path: '^src-main/engine/risk/' },
    ),
    forbid(
      'none-on-backtest',
      'Backtest may use all; none may use backtest.',
      { path: '^src-main/engine/(?!backtest/|engine\\.ts)', pathNot: '\\.test\\.ts$' },
      { path: '^src-main/engine/backtest/' },
    ),
    forbid('nothing-imports-entries', 'Entries only wire.', {}, { path: ENTRIES }),
    forbid(
      'electron-only-in-desktop',
      'Electron stays in desktop and the preload.',
      { path: '^src-', pathNot: '^(src-main/desktop(\\.ts$|/)|src-preload/index\\.ts$)' },
      { path: '^electron$|node_modules/electron/' },
    ),
    forbid(
      'ccxt-only-in-adapters',
      'Only adapters know ccxt.',
      { path: '^src-', pathNot: '^src-main/adapters/|\\.test\\.ts$|/testing/|^src-main/cli/bench/' },
      { path: 'node_modules/ccxt/' },
    ),
    forbid(
      'contract-alone',
      'The contract depends on its schema library only.',
      { path: '^src-preload/contract/', pathNot: '\\.test\\.ts$' },
      { pathNot: '^src-preload/contract/|node_modules/zod/' },
    ),
    forbid(
      'renderer-on-contract',
      'The renderer knows the contract and its Bridge only.',
      { path: '^src-renderer/' },
      { path: '^src-(main|preload)/', pathNot: '^src-preload/contract/' },
    ),
    forbid(
      'engine-not-contract',
      'The door maps domain <-> contract; the engine never sees it.',
      { path: '^src-main/engine/' },
      { path: '^src-preload/' },
    ),
    forbid(
      'product-not-tests',
      'Nothing shipped depends on tests.',
      { path: '^src-', pathNot: '(\\.test\\.tsx?$|/testing/)' },
      { path: '(^e2e/|/testing/|\\.test\\.tsx?$)' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
