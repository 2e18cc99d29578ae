/** Margin: whether an order borrows what it lacks, pays debts with what it receives, and gives its loan back when canceled. */
export type Funding = { readonly borrows: boolean; readonly repays: boolean; readonly repaysAtCancel: boolean };
