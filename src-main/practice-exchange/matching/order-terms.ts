/** What another protocol than Binance's says about an order: matching hands it through, clearing may act on it. */
export type OrderTerms = { readonly protocol: string };
