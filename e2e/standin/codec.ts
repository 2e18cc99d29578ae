/**
 * What structured clone can carry, as JSON. Both functions are also sent to the page as text, so each stands alone.
 */
export type Encoded = { readonly t: string; readonly v?: unknown };

/** Throws as Electron does for what cannot be cloned. */
export function encode(value: unknown): Encoded {
  if (value === undefined) return { t: 'undefined' };
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return { t: 'plain', v: value };
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0)
      ? { t: 'plain', v: value }
      : { t: 'number', v: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value === 'bigint') return { t: 'bigint', v: String(value) };
  if (typeof value === 'object') return encodeObject(value);
  throw new Error('An object could not be cloned.');
}

export function encodeObject(value: object): Encoded {
  const base64 = (bytes: Uint8Array): string => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return btoa(text);
  };
  if (value instanceof Promise) throw new Error('An object could not be cloned.');
  if (Array.isArray(value)) return { t: 'array', v: value.map((item: unknown) => encode(item)) };
  if (value instanceof Date) return { t: 'date', v: value.getTime() };
  if (value instanceof Map) return { t: 'map', v: [...value].map(([key, item]) => [encode(key), encode(item)]) };
  if (value instanceof Set) return { t: 'set', v: [...value].map((item) => encode(item)) };
  if (value instanceof Error) return { t: 'error', v: [value.name, value.message] };
  if (value instanceof ArrayBuffer) return { t: 'ArrayBuffer', v: base64(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name;
    return { t: name, v: base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
  }
  return { t: 'object', v: Object.entries(value).map(([key, item]: [string, unknown]) => [key, encode(item)]) };
}

export function decode({ t, v }: Encoded): unknown {
  const items = (): unknown[] => (v as Encoded[]).map((item) => decode(item));
  const bytes = (): Uint8Array => Uint8Array.from(atob(v as string), (character) => character.charCodeAt(0));
  const pairs = (): [unknown, unknown][] =>
    (v as [Encoded, Encoded][]).map(([key, item]) => [decode(key), decode(item)]);
  switch (t) {
    case 'undefined':
      return undefined;
    case 'plain':
      return v;
    case 'number':
      return Number(v);
    case 'bigint':
      return BigInt(v as string);
    case 'array':
      return items();
    case 'date':
      return new Date(v as number);
    case 'map':
      return new Map(pairs());
    case 'set':
      return new Set(items());
    case 'object':
      return Object.fromEntries((v as [string, Encoded][]).map(([key, item]) => [key, decode(item)]));
    case 'error': {
      const [name, message] = v as [string, string];
      return Object.assign(new Error(message), { name });
    }
    case 'ArrayBuffer':
      return bytes().buffer;
    default: {
      const View = (globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>)[t];
      if (!View) throw new Error(`expected a type of structured clone, was ${t}`);
      return new View(bytes().buffer);
    }
  }
}
