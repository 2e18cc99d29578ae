import type { Lane } from '../../engine/domain/events.ts';
import { ok, type Result } from '../../engine/domain/result.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import type { KrakenParams } from '../ccxt/ccxt-kraken.ts';
import type { KrakenRequest, KrakenSender } from './sender.ts';
import { type CancelCount, cancelOrderResult } from './wire-schemas.ts';

/** One order to cancel. `txid`: by which a batch may name it; null where we know no such id. */
export type CancelTarget = { readonly params: KrakenParams; readonly txid: string | null; readonly pair: string };

type Waiting = {
  readonly target: CancelTarget;
  readonly onSent: () => void;
  readonly answer: (reply: CancelReply) => void;
};
export type CancelReply = Result<CancelCount, CallFailure>;

/** https://docs.kraken.com/api/docs/rest-api/cancel-order-batch */
const MAX_BATCH = 50;
/** The dearest cancel: of an order younger than five seconds. */
const CANCEL_COST = 8;

/**
 * Requests of a key leave one after the other, so that canceling many orders singly holds up each exit behind them. Cancels
 * that wait for their turn at the same time leave as one request. Each is named: CancelAll would also take orders of others
 * on the account, and stops that must rest until their position is closed.
 */
export class CancelQueue {
  private readonly sender: KrakenSender;
  private readonly waiting: Waiting[] = [];

  constructor(sender: KrakenSender) {
    this.sender = sender;
  }

  /** `onSent` is called when the request with this order goes to the network. */
  cancel(target: CancelTarget, lane: Lane, onSent: () => void): Promise<CancelReply> {
    return new Promise((answer) => {
      const own: Waiting = { target, onSent, answer };
      this.waiting.push(own);
      void this.leave(own, lane);
    });
  }

  /** One turn for each that waits: the first takes the others along, and theirs find nothing left. */
  private async leave(own: Waiting, lane: Lane): Promise<void> {
    let taken: readonly Waiting[] = [];
    const reply = await this.sender.commandOfTurn(lane, () => {
      taken = this.take();
      return taken.length === 0 ? null : requestFor(taken, lane);
    });
    if (reply === null) return;
    if (taken.length === 0) this.giveUp(own, reply);
    else this.settle(taken, reply, lane);
  }

  /** The longest waiting, and with it all that a batch may name. */
  private take(): readonly Waiting[] {
    const [first] = this.waiting;
    if (first === undefined) return [];
    const named = this.waiting.filter(({ target }) => target.txid !== null).slice(0, MAX_BATCH);
    const taken = first.target.txid === null || named.length < 2 ? [first] : named;
    for (const one of taken) this.waiting.splice(this.waiting.indexOf(one), 1);
    return taken;
  }

  /** The turn was denied before anything was taken. */
  private giveUp(own: Waiting, reply: CancelReply): void {
    const place = this.waiting.indexOf(own);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    own.answer(reply);
  }

  /** A batch says how many orders it ended, not which: unless all of them, each is asked for by itself. */
  private settle(taken: readonly Waiting[], reply: CancelReply, lane: Lane): void {
    const isClear = taken.length < 2 || (reply.ok ? reply.value.count >= taken.length : !isRefusal(reply.error));
    for (const { answer, onSent, target } of taken) {
      if (isClear) answer(reply.ok ? ok({ count: 1 }) : reply);
      else void this.cancel({ ...target, txid: null }, lane, onSent).then((own) => answer(reply.ok ? ended(own) : own));
    }
  }
}

/** An order that the venue had and that is open no more may be one that the batch ended. */
const ended = (reply: CancelReply): CancelReply =>
  reply.ok || reply.error.code !== 'EOrder:Unknown order' ? reply : ok({ count: 0 });

/** The venue read the request and would not carry it out, for what one of its orders is. */
const isRefusal = ({ code, outcome }: CallFailure): boolean => outcome === 'rejected' && code.startsWith('EOrder:');

function requestFor(taken: readonly Waiting[], lane: Lane): KrakenRequest<CancelCount> {
  const targets = taken.map(({ target }) => target);
  const transaction = targets.map(({ pair }) => ({ pair, cost: CANCEL_COST }));
  const onSent = (): void => {
    for (const one of taken) one.onSent();
  };
  const common = { schema: cancelOrderResult, lane, transaction, onSent };
  const [first] = targets;
  if (first !== undefined && targets.length === 1) {
    return { ...common, call: 'privatePostCancelOrder', params: first.params };
  }
  const orders = targets.flatMap(({ txid }) => (txid === null ? [] : [txid]));
  return { ...common, call: 'privatePostCancelOrderBatch', params: { orders } };
}
