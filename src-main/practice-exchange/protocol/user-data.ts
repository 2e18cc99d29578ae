import type { ExchangeEvent, Execution } from '../matching/exchange-events.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import { PrivateDrills } from './private-drills.ts';
import { accountPosition, executionReport, listStatus } from './order-answers.ts';

/** What receives private events: a socket, or its stand-in within the process. */
export type EventReceiver = {
  send(text: string): void;
  once(event: 'close', listener: () => void): unknown;
};
type Subscription = { readonly id: number; readonly account: string; readonly socket: EventReceiver };

/** Private events of accounts to the sockets that subscribed to them, with the drills that disturb them. */
export class UserDataHub {
  private readonly venue: PracticeVenue;
  private readonly subscriptions = new Set<Subscription>();
  private readonly lastIds = new WeakMap<EventReceiver, number>();
  private readonly drills: PrivateDrills;

  constructor(venue: PracticeVenue) {
    this.venue = venue;
    this.drills = new PrivateDrills(venue.faults, (account, event) => this.deliver(account, event));
    venue.listen((event) => this.route(event));
  }

  get count(): number {
    return this.subscriptions.size;
  }

  /** Returns the subscription's id, counted per socket. */
  subscribe(account: string, socket: EventReceiver): number {
    const id = (this.lastIds.get(socket) ?? -1) + 1;
    this.lastIds.set(socket, id);
    const subscription = { id, account, socket };
    this.subscriptions.add(subscription);
    socket.once('close', () => this.subscriptions.delete(subscription));
    return id;
  }

  /** Ends one subscription of a socket, or all. False when there was none. */
  unsubscribe(socket: EventReceiver, id?: number): boolean {
    const mine = [...this.subscriptions].filter((one) => one.socket === socket && (id === undefined || one.id === id));
    for (const subscription of mine) {
      this.subscriptions.delete(subscription);
      this.sendTo(subscription, { e: 'eventStreamTerminated', E: this.venue.clock.now().marketMs });
    }
    return mine.length > 0;
  }

  private route(event: ExchangeEvent): void {
    if (event.kind === 'print') return;
    if (event.kind === 'balances') this.deliver(event.account, accountPosition(event));
    else if (event.kind === 'list') this.deliver(event.list.account, listStatus(event));
    else this.passOrder(event);
  }

  private passOrder(event: Execution): void {
    const { account, symbol } = event.order;
    const report = executionReport(this.venue.engine.state.market(symbol), event);
    this.drills.pass(account, { symbol, isTrade: event.type === 'TRADE' }, report);
  }

  private deliver(account: string, event: unknown): void {
    for (const subscription of this.subscriptions) {
      if (subscription.account === account) this.sendTo(subscription, event);
    }
  }

  private sendTo({ id, socket }: Subscription, event: unknown): void {
    socket.send(JSON.stringify({ subscriptionId: id, event }));
  }
}
