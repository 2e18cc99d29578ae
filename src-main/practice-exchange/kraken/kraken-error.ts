/** A refusal in Kraken's words, such as `EOrder:Insufficient funds`: HTTP 200 with a list of errors. */
export class KrakenError extends Error {
  override readonly name = 'KrakenError';
  readonly status: number;

  constructor(message: string, status = 200) {
    super(message);
    this.status = status;
  }
}

export const UNKNOWN_PAIR = 'EQuery:Unknown asset pair';
export const invalidArgument = (name: string): KrakenError => new KrakenError(`EGeneral:Invalid arguments:${name}`);
