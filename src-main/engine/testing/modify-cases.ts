import type { ClientOrderId } from '../domain/identifiers.ts';
import type { OrderChange } from '../domain/order.ts';
import { bracket, BTC, type CoreSession } from './core-session.ts';
import { answerTo, request, sessionOn } from './venue-cases.ts';

/** The code of the denial; null when it is carried out. */
export const modify = (session: CoreSession, id: ClientOrderId, change: Partial<OrderChange>): string | null =>
  answerTo(session, {
    kind: 'modifyOrder',
    clientOrderId: id,
    change: { price: null, quantity: null, triggerPrice: null, ...change },
  });

export function working(instrumentId = BTC): CoreSession {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'placeOrder', request: request({ instrumentId }) });
  session.pump();
  return session;
}

export function withPosition(instrumentId = BTC): CoreSession {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'enterBracket', request: bracket({ instrumentId }) });
  session.pump();
  return session;
}

export const entryOf = (session: CoreSession): ClientOrderId => session.ordersOfRole('entry').at(-1)!;
export const stopOf = (session: CoreSession): ClientOrderId => session.ordersOfRole('stop').at(-1)!;
export const liveStops = (session: CoreSession) =>
  [...session.venue.orders.values()].filter(({ spec, status }) => spec.role === 'stop' && status === 'live');
