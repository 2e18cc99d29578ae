import type { Refusal } from '../matching/refusal.ts';

/** An answer other than success: the venue's code and text, its HTTP status, and what else the answer carries. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;

  constructor(
    code: number,
    msg: string,
    rest: {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly data?: unknown;
    } = {},
  ) {
    super(msg);
    this.code = code;
    this.status = rest.status ?? 400;
    this.headers = rest.headers ?? {};
    this.data = rest.data;
  }

  /** The body as the venue sends it. */
  body(): { readonly code: number; readonly msg: string; readonly data?: unknown } {
    return { code: this.code, msg: this.message, ...(this.data === undefined ? {} : { data: this.data }) };
  }
}

/** A defect of the practice exchange itself: said as one, so that it is never taken for the venue's behavior. */
export const defect = (error: unknown): ApiError =>
  new ApiError(-1000, `Practice exchange defect: ${error instanceof Error ? error.message : String(error)}`, {
    status: 500,
  });

export const fromRefusal = ({ code, msg }: Refusal): ApiError => new ApiError(code, msg);

export const missing = (name: string): ApiError =>
  new ApiError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

export const notRequired = (name: string): ApiError =>
  new ApiError(-1106, `Parameter '${name}' sent when not required.`);

export const illegal = (name: string, range: string): ApiError =>
  new ApiError(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);
