import type { Charge } from '../../engine/domain/margin.ts';

/** Where the next question for charges begins, and which of its answer were told already. */
export class ChargeWindow {
  private untilUs: number | null = null;
  private told: ReadonlySet<string> = new Set();

  /** Time of the latest charge told, by the venue's clock; null before the first. Rows of that very time are asked for again. */
  get sinceUs(): number | null {
    return this.untilUs;
  }

  /** Those of an answer that were not told yet, oldest first. They count as told from here on. */
  take(charges: readonly Charge[]): readonly Charge[] {
    const fresh = charges.filter(({ chargeId }) => !this.told.has(chargeId));
    if (charges.length > 0) this.told = new Set(charges.map(({ chargeId }) => chargeId));
    for (const { chargedAtUs } of fresh) this.untilUs = Math.max(this.untilUs ?? 0, chargedAtUs);
    return fresh.toSorted((a, b) => a.chargedAtUs - b.chargedAtUs);
  }
}
