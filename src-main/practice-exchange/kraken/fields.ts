import { invalidArgument } from './kraken-error.ts';

/** Fields of one request, as texts; nested fields are named `close[price]`. */
export class Fields {
  private readonly values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }

  static fromForm(...forms: readonly string[]): Fields {
    return new Fields(new Map(forms.flatMap((form) => [...new URLSearchParams(form)])));
  }

  /** Objects in it become nested fields. */
  static fromObject(object: object): Fields {
    const flat = (prefix: string, value: unknown): [string, string][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([name, inner]) => flat(prefix === '' ? name : `${prefix}[${name}]`, inner))
        : [[prefix, typeof value === 'string' ? value : JSON.stringify(value)]];
    return new Fields(new Map(flat('', object)));
  }

  optional(name: string): string | undefined {
    const value = this.values.get(name);
    return value === '' ? undefined : value;
  }

  /** Throws `EGeneral:Invalid arguments` when missing. */
  text(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw invalidArgument(name);
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^[+-]?\d{1,19}$/.test(value)) throw invalidArgument(name);
    return Number(value);
  }

  flag(name: string): boolean {
    const value = this.optional(name);
    return value === 'true' || value === '1';
  }
}
