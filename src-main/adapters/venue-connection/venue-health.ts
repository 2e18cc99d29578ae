import type { VenueState } from '../../engine/domain/events.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';

type Condition = 'stream' | 'credentials' | 'throttle';
const ORDER: readonly VenueState[] = ['down', 'connecting', 'degraded', 'ready'];

/** The worst of several conditions is the state of the venue; each change is told once. */
export class VenueHealth {
  private readonly conditions = new Map<Condition, { readonly state: VenueState; readonly detail: string }>();
  private readonly emit: (event: VenueEvent) => void;
  private told: VenueState | undefined;

  constructor(emit: (event: VenueEvent) => void) {
    this.emit = emit;
  }

  set(condition: Condition, state: VenueState, detail: string): void {
    this.conditions.set(condition, { state, detail });
    const worst = this.worst();
    if (worst.state === this.told) return;
    this.told = worst.state;
    this.emit({ kind: 'state', state: worst.state, detail: worst.detail });
  }

  /** Something was missed while the connection stayed up: telling `ready` anew makes the engine look at the whole account. */
  askForReconciliation(detail: string): void {
    if (this.told !== 'ready') return;
    this.emit({ kind: 'state', state: 'degraded', detail });
    this.emit({ kind: 'state', state: 'ready', detail });
  }

  private worst(): { readonly state: VenueState; readonly detail: string } {
    const all = [...this.conditions.values()];
    const state = ORDER.find((candidate) => all.some((condition) => condition.state === candidate)) ?? 'connecting';
    return all.find((condition) => condition.state === state) ?? { state, detail: '' };
  }
}
