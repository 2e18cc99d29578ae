import type { Command } from './command.ts';

/** Every command by name, in the order of the overview. A command's file is imported only when it is needed. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  audit: async () => (await import('./audit.ts')).command,
  bench: async () => (await import('./bench.ts')).command,
  chaos: async () => (await import('./chaos.ts')).command,
  demo: async () => (await import('./demo.ts')).command,
  keys: async () => (await import('./keys.ts')).command,
  oracle: async () => (await import('./oracle.ts')).command,
  'practice-exchange': async () => (await import('./practice-exchange.ts')).command,
  replay: async () => (await import('./replay.ts')).replay,
  serve: async () => (await import('./serve.ts')).command,
  status: async () => (await import('./status.ts')).command,
  stop: async () => (await import('./stop.ts')).command,
  venues: async () => (await import('./venues.ts')).command,
};
