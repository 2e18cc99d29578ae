import { expect, vi } from 'vitest';
import { makeClientOrderId, type OrderRole } from '../../../engine/domain/client-order-id.ts';
import { accountId, type ClientOrderId, instrumentId } from '../../../engine/domain/identifiers.ts';
import type { OrderReport, OrderSpec } from '../../../engine/domain/order.ts';
import type { VenueEvent, VenueGateway, VenueSnapshot } from '../../../engine/ports/venue-gateway.ts';
import { TEST_START_MS } from '../../../practice-exchange/testing/hand-made-market.ts';
import { control, startTestExchange } from '../../../practice-exchange/testing/practice-client.ts';
import { Secret } from '../../keychain/secret.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { keyStateInMemory } from '../key-state.ts';
import { createKrakenGateway } from '../kraken-gateway.ts';

export const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const SILENT = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
export const WAIT = { timeout: 15_000 };

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
type Keys = { readonly apiKey: string; readonly secret: string };

let counter = 0;

export const idOf = (role: OrderRole): ClientOrderId =>
  makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: ++counter, role });
export const spec = (more: Partial<OrderSpec> = {}): OrderSpec => ({
  clientOrderId: idOf('entry'),
  accountId: accountId('paper-1'),
  strategyId: null,
  instrumentId: BTC,
  role: 'entry',
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  quantity: '1.000',
  price: '99.50',
  triggerPrice: null,
  ...more,
});
export const stopSpec = (more: Partial<OrderSpec> = {}): OrderSpec =>
  spec({
    clientOrderId: idOf('stop'),
    role: 'stop',
    side: 'sell',
    type: 'stopMarket',
    timeInForce: null,
    price: null,
    triggerPrice: '95.00',
    ...more,
  });
/** A gateway and its practice exchange, new for each test. */
export class KrakenRig {
  readonly exchange: Exchange;
  readonly keyState = keyStateInMemory();
  readonly events: VenueEvent[] = [];
  isCurrent = true;
  gateway: VenueGateway;

  private constructor(exchange: Exchange) {
    this.exchange = exchange;
    this.gateway = this.open();
  }

  static async start(): Promise<KrakenRig> {
    return new KrakenRig(await startTestExchange({ krakenLimits: { callsMax: 10_000, ordersMax: 10_000 } }));
  }

  async close(): Promise<void> {
    await this.gateway.close();
    await this.exchange.close();
  }

  /** Another life on the same account. */
  open({ apiKey, secret }: Keys = this.exchange, leverage: number | null = null): VenueGateway {
    const made = createKrakenGateway({
      accountId: accountId('paper-1'),
      apiKey: new Secret(apiKey),
      secret: new Secret(secret),
      endpoints: { rest: this.exchange.rest, privateStream: this.exchange.krakenPrivate },
      keyState: this.keyState,
      tier: 'pro',
      leverage,
      isCurrentEpoch: () => this.isCurrent,
      clock: createSystemClock(),
      random: { next: () => 0.5, hex: (bytes) => '0'.repeat(bytes * 2) },
      logger: SILENT,
    });
    made.onEvent((event) => this.events.push(event));
    return made;
  }

  single(order: OrderSpec) {
    return this.gateway.submit({ kind: 'single', order }, 'new');
  }

  drill(fault: object): Promise<unknown> {
    return control(this.exchange, 'POST', 'faults', fault);
  }

  /** A stranger sells at this price. */
  print(ticks: number, lots = 2_000): void {
    const place = { symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, ticks, lots } as const;
    this.exchange.handMade.push({ kind: 'trade', ...place, aggressor: 'sell' });
  }

  report(id: string, status: OrderReport['venueStatus']): boolean {
    return this.events.some(
      (event) => event.kind === 'report' && event.report.clientOrderId === id && event.report.venueStatus === status,
    );
  }

  heard(id: string, status: OrderReport['venueStatus']): Promise<void> {
    return vi.waitFor(() => expect(this.report(id, status)).toBe(true), WAIT);
  }

  /** Throws when the look fails. */
  async look(...ids: ClientOrderId[]): Promise<VenueSnapshot> {
    const lookups = ids.map((clientOrderId) => ({ clientOrderId, instrumentId: BTC }));
    const result = await this.gateway.snapshot(lookups, [BTC]);
    if (!result.ok) throw new Error(result.error.detail);
    return result.value;
  }
}
