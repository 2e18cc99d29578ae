import { err, ok, type Result } from '../../../engine/domain/result.ts';
import type { CallFailure } from '../../ccxt/call-failure.ts';
import type { BinanceCall, CallParams } from '../../ccxt/ccxt-binance.ts';
import type { RestClient, RestRequest } from '../rest-client.ts';

/** A refusal in the venue's words, or no answer when nothing else is named. */
export const failureOf = (code: string, outcome: CallFailure['outcome'] = 'unknown'): CallFailure => ({
  ...{ outcome, code, message: 'as scripted', remedy: 'none' as const, retryAfterMs: null },
});

class Failed {
  readonly failure: CallFailure;
  constructor(failure: CallFailure) {
    this.failure = failure;
  }
}

export type ScriptedRest = {
  readonly client: RestClient;
  /** All that was asked, in order. */
  readonly asked: { readonly call: BinanceCall; readonly params: CallParams }[];
  /** Answers a call from now on; replies are read by the schema of the request. */
  on(call: BinanceCall, reply: (params: CallParams) => unknown): void;
  fail(call: BinanceCall, failure: CallFailure): void;
  /** For a call that answers some parameters and fails on others. */
  refusal(failure: CallFailure): unknown;
};

/** A venue without sockets: answers by call name, and throws at a call nobody scripted. */
export function scriptedRest(): ScriptedRest {
  const replies = new Map<BinanceCall, (params: CallParams) => unknown>();
  const asked: ScriptedRest['asked'] = [];
  const send = <T>({ call, params, schema }: RestRequest<T>): Promise<Result<T, CallFailure>> => {
    asked.push({ call, params });
    const reply = replies.get(call);
    if (reply === undefined) throw new Error(`expected a scripted call, was ${call}`);
    const answer = reply(params);
    return Promise.resolve(answer instanceof Failed ? err(answer.failure) : ok(schema.parse(answer)));
  };
  return {
    client: { query: send, command: send },
    asked,
    on: (call, reply) => void replies.set(call, reply),
    fail: (call, failure) => void replies.set(call, () => new Failed(failure)),
    refusal: (failure) => new Failed(failure),
  };
}
