/** What is special about the venue or the limits of a case. */
export type CaseSetting = {
  readonly discounted?: boolean;
  readonly maxDayLossRatio?: string;
  /** Market seconds per second; as fast as the engine's unless told otherwise. */
  readonly marketSpeed?: number;
  /** Of the venue, a minute of the machine; ten times the true one unless told otherwise, as ten engine minutes pass in it. */
  readonly weightPerMinute?: number;
};
