/** One update of one instrument at one moment: [instrument index, update id, nanoseconds] in a row. */
export type Stamps = Float64Array;

const WIDTH = 3;

/** Nanoseconds of the machine's monotonic clock: comparable between processes, exact as a number for 104 days of uptime. */
export const nowNs = (): number => Number(process.hrtime.bigint());

/** Collects stamps without leaving garbage. */
export class StampLog {
  private values = new Float64Array(WIDTH * 65_536);
  private length = 0;

  add(instrument: number, updateId: number, ns: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = instrument;
    this.values[this.length + 1] = updateId;
    this.values[this.length + 2] = ns;
    this.length += WIDTH;
  }

  clear(): void {
    this.length = 0;
  }

  take(): Stamps {
    return this.values.slice(0, this.length);
  }
}

/** Microseconds from sent to seen for each update found in both. */
export function latenciesUs(sent: Stamps, seen: Stamps): number[] {
  const sentNs = new Map<string, number>();
  for (let at = 0; at < sent.length; at += WIDTH) sentNs.set(`${sent[at]}:${sent[at + 1]}`, sent[at + 2] ?? 0);
  const latencies: number[] = [];
  for (let at = 0; at < seen.length; at += WIDTH) {
    const from = sentNs.get(`${seen[at]}:${seen[at + 1]}`);
    if (from !== undefined) latencies.push(((seen[at + 2] ?? 0) - from) / 1_000);
  }
  return latencies;
}
