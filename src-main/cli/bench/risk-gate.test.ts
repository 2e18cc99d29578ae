import { expect, it } from 'vitest';
import { riskGate } from './risk-gate.ts';

async function run(...args: string[]): Promise<string[]> {
  const out: string[] = [];
  expect(await riskGate(args, { out: (line) => void out.push(line), error: () => undefined })).toBe(0);
  return out;
}

it('measures a question, one after a fill, and the baseline', async () => {
  const settings = ['--rounds', '1', '--samples', '3', '--positions', '8'];
  const [line] = await run(...settings, '--json');
  const spread = { p50: expect.any(Number) as number, p99: expect.any(Number) as number };
  expect(JSON.parse(line ?? '')).toMatchObject({
    bench: 'risk-gate',
    positions: 8,
    samplesPerRound: 3,
    microseconds: { judge: spread, judgeAfterFill: spread, fullForm: spread },
    budgetUs: 200,
  });
  expect((await run(...settings)).join()).toMatch(/with 8 open positions[^]*baseline[^]*budget 200 µs: (within|OVER)/);
});

it('refuses what is no count', async () => {
  await expect(run('--positions', '0')).rejects.toThrow('positions');
});
