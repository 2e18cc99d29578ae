import { z } from 'zod';
import type { BalancesChanged, Execution, ExchangeEvent } from '../matching/exchange-events.ts';
import { formatAmount } from '../matching/grid.ts';
import { PrivateDrills } from '../protocol/private-drills.ts';
import type { EventReceiver } from '../protocol/user-data.ts';
import type { KrakenDesk } from './desk.ts';
import { timeText, wireNumber } from './digits.ts';
import { executionRows, openOrderRow, tradeRow } from './execution-rows.ts';
import { isKrakenOrder } from './terms.ts';
import type { SocketRequest } from './socket-hub.ts';

const PARAMS = z.object({
  channel: z.enum(['executions', 'balances']),
  token: z.string(),
  snap_orders: z.boolean().default(true),
  snap_trades: z.boolean().default(false),
  snapshot: z.boolean().default(true),
});
type Params = z.infer<typeof PARAMS>;
type Channel = Params['channel'];

type Subscription = {
  readonly account: string;
  readonly channel: Channel;
  readonly socket: EventReceiver;
  sequence: number;
};

const SNAPSHOT_TRADES = 50;

/** The private channels `executions` and `balances`; https://docs.kraken.com/api/docs/websocket-v2/executions */
export class PrivateChannels {
  private readonly desk: KrakenDesk;
  private readonly drills: PrivateDrills;
  private readonly subscriptions = new Set<Subscription>();

  constructor(desk: KrakenDesk) {
    this.desk = desk;
    this.drills = new PrivateDrills(desk.venue.faults, (account, rows) =>
      this.tell(account, 'executions', rows as readonly object[]),
    );
    desk.venue.listen((event) => this.route(event));
  }

  get count(): number {
    return this.subscriptions.size;
  }

  /** Null when the request is about no private channel. The snapshot follows the answer. */
  answer(socket: EventReceiver, { method, params }: SocketRequest): readonly object[] | null {
    if (method !== 'subscribe' && method !== 'unsubscribe') return null;
    const channel = params?.['channel'];
    if (channel !== 'executions' && channel !== 'balances') return null;
    const parsed = PARAMS.safeParse(params);
    if (!parsed.success) return [{ error: 'EGeneral:Invalid arguments', success: false }];
    const account = this.desk.access.accountOfToken(parsed.data.token, this.desk.venue.clock.apiMs());
    if (account === undefined) return [{ error: 'ESession:Invalid session', success: false }];
    return method === 'subscribe' ? this.join(socket, account, parsed.data) : this.leave(socket, channel);
  }

  private join(socket: EventReceiver, account: string, params: Params): readonly object[] {
    const { channel } = params;
    if (this.of(socket, channel) !== undefined) return [{ error: 'Already subscribed', success: false }];
    const subscription = { account, channel, socket, sequence: 0 };
    this.subscriptions.add(subscription);
    socket.once('close', () => this.subscriptions.delete(subscription));
    const snapshot = channel === 'executions' ? this.orderSnapshot(account, params) : this.balanceSnapshot(account);
    queueMicrotask(() => this.send(subscription, 'snapshot', snapshot));
    return [{ result: { channel, snapshot: true }, success: true }];
  }

  private leave(socket: EventReceiver, channel: Channel): readonly object[] {
    const subscription = this.of(socket, channel);
    if (subscription === undefined) return [{ error: 'Subscription Not Found', success: false }];
    this.subscriptions.delete(subscription);
    return [{ result: { channel }, success: true }];
  }

  private of(socket: EventReceiver, channel: Channel): Subscription | undefined {
    return [...this.subscriptions].find((one) => one.socket === socket && one.channel === channel);
  }

  private orderSnapshot(name: string, params: Params): readonly object[] {
    const { desk } = this;
    const account = desk.venue.account(name);
    const open = params.snap_orders ? desk.openOrders(account) : [];
    const trades = params.snap_trades
      ? desk.orders(name).flatMap((order) => {
          const fills = desk.venue.engine.state.fills.get(order.id) ?? [];
          return fills.map((fill) => ({ order, fill }));
        })
      : [];
    const newest = trades.sort((a, b) => b.fill.atMs - a.fill.atMs).slice(0, SNAPSHOT_TRADES);
    return [
      ...open.map((order) => openOrderRow(desk.pairs.of(order.symbol), order)),
      ...newest.map(({ order, fill }) => tradeRow(desk.pairs.of(order.symbol), order, fill)),
    ];
  }

  private balanceSnapshot(account: string): readonly object[] {
    return [...this.desk.venue.account(account).balances].map(([asset, { free, locked }]) => {
      const balance = wireNumber(formatAmount(free + locked));
      return { asset, asset_class: 'currency', balance, wallets: [{ type: 'spot', id: 'main', balance }] };
    });
  }

  private route(event: ExchangeEvent): void {
    if (event.kind === 'balances') this.tellBalances(event);
    else if (event.kind === 'execution' && isKrakenOrder(event.order)) this.tellExecution(event);
  }

  private tellExecution(event: Execution): void {
    const { account, symbol } = event.order;
    const rows = executionRows(this.desk.pairs.of(symbol), event);
    this.drills.pass(account, { symbol, isTrade: event.fill !== null }, rows);
  }

  /** The venue tells balances when they change, never what orders hold of them. */
  private tellBalances({ account, balances, at }: BalancesChanged): void {
    const rows = balances.map(({ asset, free, locked }) => ({
      ledger_id: '',
      ref_id: '',
      timestamp: timeText(at.marketMs),
      type: 'trade',
      asset,
      asset_class: 'currency',
      category: 'trade',
      wallet_type: 'spot',
      wallet_id: 'main',
      balance: wireNumber(formatAmount(free + locked)),
    }));
    this.tell(account, 'balances', rows);
  }

  private tell(account: string, channel: Channel, rows: readonly object[]): void {
    for (const subscription of this.subscriptions) {
      if (subscription.account === account && subscription.channel === channel) this.send(subscription, 'update', rows);
    }
  }

  private send(subscription: Subscription, type: 'snapshot' | 'update', data: readonly object[]): void {
    const { channel, socket } = subscription;
    if (this.desk.venue.faults.strikeStream('silent', `kraken ${channel}`) !== undefined) return;
    subscription.sequence += 1;
    socket.send(JSON.stringify({ channel, type, data, sequence: subscription.sequence }));
  }
}
