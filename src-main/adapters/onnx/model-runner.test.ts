import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from './model-runner.ts';

const MODELS = resolve(import.meta.dirname, '../../../native-models');
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-model-'));
  for (const file of ['probe-logistic.onnx', 'probe-logistic.json']) copyFileSync(join(MODELS, file), join(dir, file));
});
afterEach(() => rmSync(dir, { recursive: true }));

const card = () => join(dir, 'probe-logistic.json');
const rewrite = (change: (card: Record<string, unknown>) => void): void => {
  const content = JSON.parse(readFileSync(card(), 'utf8')) as Record<string, unknown>;
  change(content);
  writeFileSync(card(), JSON.stringify(content));
};

describe('a model', () => {
  it('loads by its card and answers what a logistic function answers', async () => {
    const model = await loadModel(card());
    const [probability] = (await model.run([2, 2, 0, 1])) ?? [];
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 6);
  });

  it('that was changed by one byte does not load', async () => {
    const file = join(dir, 'probe-logistic.onnx');
    const content = readFileSync(file);
    content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
    writeFileSync(file, content);
    await expect(loadModel(card())).rejects.toThrow(/expected probe-logistic.onnx with sha256/);
  });

  it('that answers its probe wrongly does not load', async () => {
    rewrite((content) => {
      content['probe'] = { inputs: [1, 2, 4, 9], output: 0.5 };
    });
    await expect(loadModel(card())).rejects.toThrow(/to answer its probe with 0.5/);
  });

  it.each([[[1, 2, 3]], [[1, 2, 3, Number.NaN]], [[]]])('gives no number for the inputs %j', async (inputs) => {
    expect(await (await loadModel(card())).run(inputs)).toBeNull();
  });
});
