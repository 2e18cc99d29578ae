type Crossing = { readonly to: 'page' | 'utility' | 'main'; readonly text: string };

/** With STANDIN_RECORD set, everything that crosses a process border is kept for a test to search. */
const crossings: Crossing[] = [];
const isRecording = process.env['STANDIN_RECORD'] !== undefined;
Object.assign(globalThis, { [Symbol.for('leeward.standin.crossings')]: crossings });

export function record(to: Crossing['to'], message: unknown): void {
  if (isRecording) crossings.push({ to, text: JSON.stringify(message, plain) });
}

const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
};
