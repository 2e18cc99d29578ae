/**
 * Writes a logistic model as ONNX (IR 8, opset 13: Gemm, then Sigmoid) without any library, so that the file in the
 * repository can be made again byte for byte: `node native-models/training/encode-logistic.ts`.
 * Wire format: protobuf; field numbers are those of onnx.proto3.
 */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLOAT = 1;

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const integer = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, content: readonly number[]): number[] => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...content,
];
const text = (field: number, value: string): number[] => bytes(field, [...Buffer.from(value)]);
const floats = (values: readonly number[]): number[] => [...Buffer.from(Float32Array.from(values).buffer)];

const tensor = (name: string, shape: readonly number[], values: readonly number[]): number[] => [
  ...shape.flatMap((size) => integer(1, size)),
  ...integer(2, FLOAT),
  ...text(8, name),
  ...bytes(9, floats(values)),
];

const valueInfo = (name: string, shape: readonly number[]): number[] => {
  const dimensions = shape.flatMap((size) => bytes(1, integer(1, size)));
  const tensorType = [...integer(1, FLOAT), ...bytes(2, dimensions)];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
};

const node = (operator: string, inputs: readonly string[], output: string): number[] => [
  ...inputs.flatMap((input) => text(1, input)),
  ...text(2, output),
  ...text(4, operator),
];

/** p = sigmoid(x W + b) for one row of `weights.length` features. */
function encodeLogistic(name: string, weights: readonly number[], bias: number): Buffer {
  const graph = [
    ...bytes(1, node('Gemm', ['features', 'weights', 'bias'], 'logit')),
    ...bytes(1, node('Sigmoid', ['logit'], 'probability')),
    ...text(2, name),
    ...bytes(5, tensor('weights', [weights.length, 1], weights)),
    ...bytes(5, tensor('bias', [1], [bias])),
    ...bytes(11, valueInfo('features', [1, weights.length])),
    ...bytes(12, valueInfo('probability', [1, 1])),
  ];
  const opset = [...text(1, ''), ...integer(2, 13)];
  return Buffer.from([...integer(1, 8), ...text(2, 'leeward'), ...bytes(7, graph), ...bytes(8, opset)]);
}

const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'probe-logistic.onnx');
const model = encodeLogistic('probe-logistic', [0.5, -0.25, 0.125, 0], 0);
writeFileSync(file, model);
process.stdout.write(`${file} ${model.length} bytes sha256 ${createHash('sha256').update(model).digest('hex')}\n`);
