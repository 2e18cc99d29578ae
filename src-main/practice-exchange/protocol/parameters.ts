import { type Decimal, decimal } from '../../engine/domain/decimal.ts';
import { WIRE_SCALE } from '../matching/grid.ts';
import { ApiError, illegal, missing } from './api-error.ts';

const DECIMAL = /^([0-9]{1,20})(\.[0-9]{1,20})?$/;
const DECIMAL_RANGE = '^([0-9]{1,20})(\\.[0-9]{1,20})?$';
const INTEGER = /^[0-9]{1,20}$/;
export const CLIENT_ID = /^[a-zA-Z0-9-_]{1,36}$/;

/** Of every signed request, and settings that change nothing here. */
const ALWAYS_READ = [
  'timestamp',
  'recvWindow',
  'signature',
  'apiKey',
  'returnRateLimits',
  'newOrderRespType',
  'selfTradePreventionMode',
];

/** Parameters of one request with the venue's own complaints about them. */
export class Parameters {
  private readonly values: ReadonlyMap<string, string>;
  private readonly read = new Set<string>(ALWAYS_READ);

  private constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }

  /** Reads a query or form body. Throws -1101 when a name comes twice. */
  static fromQuery(...parts: readonly string[]): Parameters {
    const values = new Map<string, string>();
    for (const [name, value] of parts.flatMap((part) => [...new URLSearchParams(part)])) {
      if (values.has(name)) throw new ApiError(-1101, 'Duplicate values for a parameter detected.');
      values.set(name, value);
    }
    return new Parameters(values);
  }

  /** Reads the `params` object of a WebSocket request. */
  static fromObject(params: Readonly<Record<string, unknown>>): Parameters {
    const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
    return new Parameters(new Map(Object.entries(params).map(([name, value]) => [name, text(value)])));
  }

  optional(name: string): string | undefined {
    this.read.add(name);
    const value = this.values.get(name);
    if (value === '') throw new ApiError(-1105, `Parameter '${name}' was empty.`);
    return value;
  }

  /** Throws -1102 when missing. */
  text(name: string): string {
    this.read.add(name);
    const value = this.values.get(name);
    if (value === undefined || value === '') throw missing(name);
    return value;
  }

  /** Throws the given error when the word is none of the allowed ones. */
  word<T extends string>(name: string, allowed: readonly T[], error: ApiError): T {
    const value = this.text(name);
    const found = allowed.find((word) => word === value);
    if (found === undefined) throw error;
    return found;
  }

  decimal(name: string): Decimal | null {
    const value = this.optional(name);
    if (value === undefined) return null;
    const match = DECIMAL.exec(value);
    if (match === null) throw illegal(name, DECIMAL_RANGE);
    const fraction = (match[2] ?? '').replace(/0+$/, '');
    if (fraction.length > WIRE_SCALE + 1) throw new ApiError(-1111, `Parameter '${name}' has too much precision.`);
    return decimal(`${match[1] ?? '0'}${fraction === '.' ? '' : fraction}`);
  }

  integer(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!INTEGER.test(value)) throw illegal(name, '^[0-9]{1,20}$');
    return Number(value);
  }

  /** A client's own id, or undefined when it sent none. */
  clientId(name: string): string | undefined {
    const value = this.optional(name);
    if (value !== undefined && !CLIENT_ID.test(value)) throw illegal(name, '^[a-zA-Z0-9-_]{1,36}$');
    return value;
  }

  /** Throws -1104 when something was sent that nobody asked for: a misspelled stop price must not be dropped in silence. */
  checkAllRead(): void {
    const known = [...this.values.keys()].filter((name) => this.read.has(name)).length;
    if (known === this.values.size) return;
    throw new ApiError(
      -1104,
      `Not all sent parameters were read; read '${known}' parameter(s) but was sent '${this.values.size}'.`,
    );
  }

  limit(standard: number, most: number): number {
    const limit = this.integer('limit') ?? standard;
    if (limit === 0) throw new ApiError(-1130, "Data sent for parameter 'limit' is not valid.");
    return Math.min(limit, most);
  }
}
