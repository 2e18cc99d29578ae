import { z } from 'zod';
import { signBinance, signBybit, signKraken, signTimestamped } from '../../adapters/signing/venue-signatures.ts';
import { ensure } from '../../engine/domain/result.ts';
import type { Section } from './section.ts';

const requestSchema = z.object({
  exchange: z.string(),
  credentials: z.object({ apiKey: z.string(), secret: z.string() }),
  expected: z.object({
    url: z.url(),
    method: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
  }),
});

type SignedRequest = z.infer<typeof requestSchema>;
type Signatures = { readonly actual: string; readonly expected: string };

/** Takes the payload out of a whole signed request and signs it again. */
export const resign: Section = (given) => {
  const request = requestSchema.parse(given);
  return ensure(VENUES[request.exchange], `a signature of ${request.exchange}`)(request);
};

const VENUES: Readonly<Record<string, (request: SignedRequest) => Signatures>> = {
  binance: ({ credentials, expected }) => {
    const signed = expected.body ?? new URL(expected.url).search.slice(1);
    const match = ensure(/^(.*)&signature=([^&]*)$/.exec(signed), 'a signature at the end');
    return { actual: signBinance(credentials.secret, match[1] ?? ''), expected: match[2] ?? '' };
  },
  kraken: ({ credentials, expected }) => {
    const body = expected.body ?? '';
    const nonce = ensure(new URLSearchParams(body).get('nonce'), 'a nonce in the body');
    const actual = signKraken(credentials.secret, new URL(expected.url).pathname, nonce, body);
    return { actual, expected: header(expected, 'API-Sign') };
  },
  bybit: ({ credentials, expected }) => {
    const actual = signBybit(credentials.secret, {
      apiKey: credentials.apiKey,
      timestampMs: header(expected, 'X-BAPI-TIMESTAMP'),
      recvWindowMs: header(expected, 'X-BAPI-RECV-WINDOW'),
      payload: expected.body ?? new URL(expected.url).search.slice(1),
    });
    return { actual, expected: header(expected, 'X-BAPI-SIGN') };
  },
  okx: (request) => resignTimestamped(request, 'OK-ACCESS'),
  bitget: (request) => resignTimestamped(request, 'ACCESS'),
};

function resignTimestamped({ credentials, expected }: SignedRequest, prefix: string): Signatures {
  const { pathname, search } = new URL(expected.url);
  const actual = signTimestamped(credentials.secret, {
    timestamp: header(expected, `${prefix}-TIMESTAMP`),
    method: expected.method,
    path: pathname + search,
    body: expected.body ?? '',
  });
  return { actual, expected: header(expected, `${prefix}-SIGN`) };
}

function header({ headers }: SignedRequest['expected'], name: string): string {
  return ensure(headers[name], `a header ${name}`);
}
