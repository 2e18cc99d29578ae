import { formatAmount } from '../../matching/grid.ts';
import { MARGIN_ASSET } from '../../usdm/futures-account.ts';
import { unrealizedOf } from '../../usdm/margin-figures.ts';
import type { UsdmEvent, UsdmVenue } from '../../usdm/usdm-venue.ts';
import { PrivateDrills } from '../private-drills.ts';
import type { EventReceiver } from '../user-data.ts';
import { algoUpdate, orderTradeUpdate, positionUpdate } from './answers.ts';

type Subscription = { readonly account: string; readonly key: string; readonly socket: EventReceiver };

/** Private events of USD-M to the sockets that opened a listen key. */
export class UsdmUserData {
  private readonly usdm: UsdmVenue;
  private readonly drills: PrivateDrills;
  private readonly subscriptions = new Set<Subscription>();
  /** Symbol of the fill whose balance change comes next. */
  private touched = '';

  constructor(usdm: UsdmVenue) {
    this.usdm = usdm;
    this.drills = new PrivateDrills(usdm.faults, (account, event) => this.deliver(account, event));
    usdm.listen((event) => this.route(event));
  }

  get count(): number {
    return this.subscriptions.size;
  }

  /** Serves one socket; a key that is not known gets nothing and is closed. */
  subscribe(key: string, socket: EventReceiver & { close(code: number): void }): void {
    const account = this.usdm.listenKeys.accountOf(key);
    if (account === undefined) {
      socket.close(1008);
      return;
    }
    const subscription = { account, key, socket };
    this.subscriptions.add(subscription);
    socket.once('close', () => this.subscriptions.delete(subscription));
  }

  private route(event: UsdmEvent): void {
    switch (event.kind) {
      case 'execution': {
        const { account, symbol } = event.order;
        const isTrade = event.fill !== null;
        if (isTrade) this.touched = symbol;
        this.drills.pass(account, { symbol, isTrade }, orderTradeUpdate(this.usdm, event));
        return;
      }
      case 'algo': {
        const { account, symbol } = event.algo;
        this.drills.pass(account, { symbol, isTrade: false }, algoUpdate(this.usdm, event.algo, event.at.marketMs));
        return;
      }
      case 'balances':
        this.deliver(event.account, this.accountUpdate(event.account, this.touched, 'ORDER'));
        return;
      case 'funding':
        this.deliver(event.account, this.accountUpdate(event.account, event.symbol, 'FUNDING_FEE'));
        return;
      case 'leverage':
        this.deliver(event.account, this.leverageUpdate(event.account, event.symbol));
        return;
      case 'keyExpired':
        this.end(event.key, event.at.marketMs);
        return;
      default:
        return;
    }
  }

  private accountUpdate(account: string, symbol: string, reason: string) {
    const { marketMs } = this.usdm.clock.now();
    const futures = this.usdm.clearing.of(account);
    const market = this.usdm.engine.state.market(symbol);
    const position = futures.position(symbol);
    const wallet = formatAmount(futures.wallet.free);
    return {
      e: 'ACCOUNT_UPDATE',
      E: marketMs,
      T: marketMs,
      a: {
        m: reason,
        B: [{ a: MARGIN_ASSET, wb: wallet, cw: wallet, bc: '0' }],
        P: [positionUpdate(market, position, unrealizedOf(market, position))],
      },
    };
  }

  private leverageUpdate(account: string, symbol: string) {
    const { marketMs } = this.usdm.clock.now();
    const leverage = this.usdm.clearing.of(account).leverage(symbol);
    return { e: 'ACCOUNT_CONFIG_UPDATE', E: marketMs, T: marketMs, ac: { s: symbol, l: leverage } };
  }

  /** The stream says that its key ran out and stays open without events, as the venue's does until it closes it. */
  private end(key: string, marketMs: number): void {
    for (const subscription of this.subscriptions) {
      if (subscription.key !== key) continue;
      this.subscriptions.delete(subscription);
      send(subscription.socket, { e: 'listenKeyExpired', E: marketMs, listenKey: key });
    }
  }

  private deliver(account: string, event: unknown): void {
    for (const subscription of this.subscriptions)
      if (subscription.account === account) send(subscription.socket, event);
  }
}

const send = (socket: EventReceiver, event: unknown): void => socket.send(JSON.stringify(event));
