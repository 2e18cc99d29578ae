import { expect, it } from 'vitest';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { type CcxtBinance, CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { PrivateStream } from './private-stream.ts';

/** A stream end that subscribes as scripted and drops when told. */
function rig(script: readonly ('up' | Error)[]): {
  clock: VirtualClock;
  stream: PrivateStream;
  heard: string[];
  drop: () => Promise<void>;
} {
  const clock = new VirtualClock();
  const outcomes = [...script];
  const heard: string[] = [];
  let dropped: () => void = () => undefined;
  const ccxt = {
    subscribe: async () => {
      const next = outcomes.shift() ?? 'up';
      heard.push(`asked at ${clock.monotonicUs() / 1000}`);
      if (next !== 'up') throw next;
    },
    untilDropped: () => new Promise<void>((resolve) => (dropped = resolve)),
  } as Pick<CcxtBinance, 'subscribe' | 'untilDropped'> as CcxtBinance;
  const stream = new PrivateStream({
    ccxt,
    clock,
    random: { next: () => 1, hex: () => '' },
    onUp: () => heard.push('up'),
    onDown: (detail) => heard.push(`down: ${detail}`),
    onRefused: (detail) => heard.push(`refused: ${detail}`),
  });
  const drop = async (): Promise<void> => {
    dropped();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, stream, heard, drop };
}

it('asks again at growing intervals after a drop, until it is up', async () => {
  const { clock, stream, heard, drop } = rig(['up', new Error('a'), new Error('b'), new Error('c'), 'up']);
  await stream.start();
  await drop();
  await clock.advanceAsync(2_000);
  expect(heard.filter((line) => line.startsWith('asked'))).toEqual([
    'asked at 0',
    'asked at 0',
    'asked at 250',
    'asked at 750',
    'asked at 1750',
  ]);
  expect(heard.at(-1)).toBe('up');
  stream.close();
});

it('never waits longer than a quarter of a minute', async () => {
  const { clock, stream, heard, drop } = rig(['up', ...Array.from({ length: 40 }, () => new Error('still away'))]);
  await stream.start();
  await drop();
  await clock.advanceAsync(120_000, 250);
  const times = heard.filter((line) => line.startsWith('asked')).map((line) => Number(line.split(' ')[2]));
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.max(...gaps)).toBe(15_000);
  stream.close();
});

it('gives up on a refused key, because asking again would get the address banned', async () => {
  const { clock, stream, heard, drop } = rig(['up', new CredentialsRefused('-2015')]);
  await stream.start();
  await drop();
  await clock.advanceAsync(60_000, 1_000);
  expect(heard).toEqual(['asked at 0', 'up', 'asked at 0', 'refused: -2015']);
});

it('does not start on a refused key', async () => {
  const { stream, heard } = rig([new CredentialsRefused('-2015')]);
  await expect(stream.start()).rejects.toThrow(CredentialsRefused);
  expect(heard).toEqual(['asked at 0']);
});

it('ends while it waits when it is closed', async () => {
  const { clock, stream, heard, drop } = rig(['up', new Error('away'), 'up']);
  await stream.start();
  await drop();
  stream.close();
  await clock.advanceAsync(5_000, 100);
  expect(heard.at(-1)).toBe('down: away');
});
