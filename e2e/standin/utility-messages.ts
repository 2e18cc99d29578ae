/** Between the host and the shim of a utility process. */
export type ToUtility =
  | { readonly t: 'message'; readonly data: unknown; readonly ports: readonly string[] }
  | { readonly t: 'port'; readonly id: string; readonly data: unknown }
  | { readonly t: 'portClosed'; readonly id: string };

export type FromUtility =
  | { readonly t: 'message'; readonly data: unknown }
  | { readonly t: 'port'; readonly id: string; readonly data: unknown }
  | { readonly t: 'portClosed'; readonly id: string };
