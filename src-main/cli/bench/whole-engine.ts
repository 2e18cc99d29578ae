import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPracticeSession } from '../../launcher/practice-session.ts';
import { connectEngine } from '../../launcher/engine-client.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import type { Clock } from '../../engine/ports/clock.ts';

export type WholeEngine = {
  readonly instruments: number;
  readonly live: number;
  /** Share of one core that the engine process used: decoding, books, strategies on every instrument, risk, journal. */
  readonly cpuPercent: number | null;
  readonly rssMegabytes: number | null;
  readonly orders: number;
};

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const LIVE_WITHIN_MS = 90_000;
const LOOK_MS = 500;

/** The engine process of a real session on synthetic markets: practice exchange, guardian and worker in their own processes. */
export async function measureWholeEngine(
  load: { readonly instruments: number; readonly updatesPerSecond: number; readonly seconds: number },
  log: (line: string) => void,
): Promise<WholeEngine> {
  const clock = createSystemClock();
  const home = mkdtempSync(join(tmpdir(), 'leeward-bench-'));
  const { instruments, updatesPerSecond } = load;
  try {
    const session = await startPracticeSession({
      home,
      practice: { market: 'synthetic', speed: 1, accounts: 2, synthetic: { count: instruments, updatesPerSecond } },
      port: null,
      configFile: undefined,
      overrides: [],
      everyInstrument: true,
      log,
    });
    try {
      const client = await connectEngine(session.clientSocket, session.clientToken);
      const live = await allLive(client, instruments, clock);
      const pid = session.engine()?.pid ?? -1;
      const [startTicks, startUs] = [cpuTicks(pid), clock.monotonicUs()];
      await pause(clock, load.seconds * 1000);
      const [endTicks, endUs] = [cpuTicks(pid), clock.monotonicUs()];
      const seconds = (endUs - startUs) / 1e6;
      const used = startTicks === null || endTicks === null ? null : (endTicks - startTicks) / TICKS_PER_SECOND;
      const { orders } = await client.snapshot();
      client.close();
      const cpuPercent = used === null ? null : Math.round((used / seconds) * 1000) / 10;
      return { instruments, live, cpuPercent, rssMegabytes: residentMegabytes(pid), orders: orders.length };
    } finally {
      await session.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function allLive(
  client: Awaited<ReturnType<typeof connectEngine>>,
  wanted: number,
  clock: Clock,
): Promise<number> {
  const endUs = clock.monotonicUs() + LIVE_WITHIN_MS * 1000;
  for (;;) {
    const { live } = (await client.snapshot()).strip.feed;
    if (live >= wanted || clock.monotonicUs() > endUs) return live;
    await pause(clock, LOOK_MS);
  }
}

/** User and system time of the process; null where the system does not tell it this way. */
function cpuTicks(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentMegabytes(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

async function pause(clock: Clock, ms: number): Promise<void> {
  await new Promise<void>((resolve) => clock.after(ms, resolve));
}
