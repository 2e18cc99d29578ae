import { answerParent, tellParent } from './children.ts';
import type { Reader, ReaderOptions } from './reader.ts';
import { StampLog } from './stamps.ts';

/** One way to read all books, measured by its own process's CPU. */
export async function runReaderPart(json: string): Promise<never> {
  const options = JSON.parse(json) as ReaderOptions;
  const log = new StampLog();
  const reader = await open(options, log);
  await reader.ready;
  tellParent({ t: 'ready' });
  let startCpu = process.cpuUsage();
  let startNs = process.hrtime.bigint();
  return answerParent({
    begin: () => {
      log.clear();
      reader.begin();
      startCpu = process.cpuUsage();
      startNs = process.hrtime.bigint();
      return { t: 'begin' };
    },
    result: () => {
      const { user, system } = process.cpuUsage(startCpu);
      const elapsedUs = Number(process.hrtime.bigint() - startNs) / 1_000;
      const rssMb = process.memoryUsage.rss() / 2 ** 20;
      reader.finish(log);
      return {
        t: 'result',
        cpuPercent: ((user + system) / elapsedUs) * 100,
        cpuUs: user + system,
        rssMb,
        seen: log.take(),
      };
    },
  });
}

async function open(options: ReaderOptions, log: StampLog): Promise<Reader> {
  switch (options.mode) {
    case 'bare':
      return (await import('./bare-reader.ts')).openBareReader(options);
    case 'native':
      return (await import('./native-reader.ts')).openNativeReader(options, log);
    case 'ccxt':
      return (await import('./ccxt-reader.ts')).openCcxtReader(options, log);
  }
}
