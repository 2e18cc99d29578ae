import type { WebSocket } from 'ws';
import type { ExchangeEvent } from '../matching/exchange-events.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import { accountPosition, executionReport, listStatus } from './order-answers.ts';

type Subscription = { readonly id: number; readonly account: string; readonly socket: WebSocket };

/** Private events of accounts to the sockets that subscribed to them, with the drills that disturb them. */
export class UserDataHub {
  private readonly venue: PracticeVenue;
  private readonly subscriptions = new Set<Subscription>();
  private readonly lastIds = new WeakMap<WebSocket, number>();
  /** An event kept back by the out-of-order drill until the next one is sent. */
  private readonly keptBack = new Map<string, unknown>();

  constructor(venue: PracticeVenue) {
    this.venue = venue;
    venue.listen((event) => this.route(event));
  }

  get count(): number {
    return this.subscriptions.size;
  }

  /** Returns the subscription's id, counted per socket. */
  subscribe(account: string, socket: WebSocket): number {
    const id = (this.lastIds.get(socket) ?? -1) + 1;
    this.lastIds.set(socket, id);
    const subscription = { id, account, socket };
    this.subscriptions.add(subscription);
    socket.once('close', () => this.subscriptions.delete(subscription));
    return id;
  }

  /** Ends one subscription of a socket, or all. False when there was none. */
  unsubscribe(socket: WebSocket, id?: number): boolean {
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
    else this.disturb(event.order.account, executionReport(this.venue.engine.state.market(event.order.symbol), event));
  }

  private disturb(account: string, report: ReturnType<typeof executionReport>): void {
    const { faults } = this.venue;
    const strikes = (kind: 'duplicateFill' | 'lateFill' | 'outOfOrder' | 'dropPrivate'): number | undefined => {
      if (faults.list().length === 0) return undefined;
      const struck = faults.strike((fault) => fault.kind === kind && (fault.symbol ?? report.s) === report.s);
      return struck === undefined ? undefined : (struck.ms ?? 1000);
    };
    if (strikes('dropPrivate') !== undefined) return;
    if (report.x === 'TRADE') {
      const delayMs = strikes('lateFill');
      if (delayMs !== undefined) {
        setTimeout(() => this.deliver(account, report), delayMs);
        return;
      }
      if (strikes('duplicateFill') !== undefined) this.deliver(account, report);
    }
    if (!this.keptBack.has(account) && strikes('outOfOrder') !== undefined) {
      this.keptBack.set(account, report);
      return;
    }
    this.deliver(account, report);
    const kept = this.keptBack.get(account);
    this.keptBack.delete(account);
    if (kept !== undefined) this.deliver(account, kept);
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
