import type { Decision, EngineInput } from '../engine/domain/events.ts';
import type { ClientOrderId } from '../engine/domain/identifiers.ts';
import type {
  AlertDto,
  DenialDto,
  FillDto,
  LogDto,
  OrderDto,
  PositionDto,
  RiskDto,
  StateUpdate,
  TerminalState,
} from '../../src-preload/contract/state.ts';
import type { EngineFacts } from './engine-facts.ts';
import { logDto } from './log-view.ts';
import { marginDto } from './margin-view.ts';
import { addFill, type Filled, fillDto, foreignOrderDto, orderDto } from './order-view.ts';
import { positionDto } from './position-view.ts';
import { limitDtos, stripDto } from './strip-view.ts';

const MAX_FILLS = 500;
const MAX_LOG = 1_000;
const MAX_ALERTS = 200;
const MAX_OUTCOMES = 50;
const MAX_CLOSED_ORDERS = 500;

export type NumberedUpdate = { readonly sequence: number; readonly update: StateUpdate };

/**
 * The terminal's numbered state: a projection of the engine's events and facts. Orders, fills, positions, alerts and log
 * lines follow each event; the strip and other figures are refreshed by {@link TerminalView.refresh}.
 */
export class TerminalView {
  private readonly facts: EngineFacts;
  private readonly publish: (update: NumberedUpdate) => void;
  private sequence = 0;
  private readonly orders = new Map<string, OrderDto>();
  private readonly filled = new Map<ClientOrderId, Filled>();
  /** What the venue said to orders that it rejected. */
  private readonly refusals = new Map<string, string>();
  private readonly positions = new Map<string, PositionDto>();
  private readonly fills: FillDto[] = [];
  private readonly alerts: AlertDto[] = [];
  private readonly log: LogDto[] = [];
  private lastDenial: DenialDto | null = null;
  private denialsToday = 0;
  /** Last published text of each topic that is set as a whole. */
  private readonly published = new Map<string, string>();
  /** Open orders of the last look, so that one that closed is shown once more. */
  private open = new Set<ClientOrderId>();
  private foreign: ReadonlyMap<string, OrderDto> = new Map();

  constructor(facts: EngineFacts, publish: (update: NumberedUpdate) => void) {
    this.facts = facts;
    this.publish = publish;
  }

  /** Takes in one event of the journal, input or decision, after the core has applied it. */
  apply(sequence: number, timeUs: number, event: EngineInput | Decision): void {
    if (event.kind === 'order.filled') {
      const { fill } = event;
      this.filled.set(fill.clientOrderId, addFill(this.filled.get(fill.clientOrderId), fill));
      this.append(
        'fills',
        this.fills,
        fillDto(fill, this.facts.order(fill.clientOrderId)?.spec.role ?? 'unknown'),
        MAX_FILLS,
      );
    } else if (event.kind === 'alert.raised') {
      const { code, params, severity } = event.alert;
      const { clientOrderId, message } = params;
      if (code === 'ORDER_REJECTED' && typeof clientOrderId === 'string' && typeof message === 'string')
        this.refusals.set(clientOrderId, message);
      this.append('alerts', this.alerts, { id: String(sequence), code, severity, params, timeUs }, MAX_ALERTS);
    } else if (event.kind === 'order.judged' && !event.verdict.allowed) this.noteDenial(timeUs, event);
    const line = logDto(sequence, timeUs, event);
    if (line !== undefined) this.append('log', this.log, line, MAX_LOG);
  }

  /** After the events of one turn: every order and position that changed is published, each as its own update. */
  settle(): void {
    const open = new Set<ClientOrderId>();
    for (const exposure of this.facts.exposures()) {
      for (const id of exposure.openOrders) open.add(id);
      const position = positionDto(this.facts, exposure);
      if (position !== undefined) this.upsertPosition(position);
    }
    const before = this.open;
    // Set first: what is open now must not be forgotten to make room.
    this.open = open;
    for (const id of new Set([...open, ...before])) this.upsertOrder(id);
    this.settleForeign();
  }

  /** A foreign order that is no longer shown by the venue is shown once more, as ended. */
  private settleForeign(): void {
    const shown = new Map(
      this.facts
        .foreignOrders()
        .map((order) => foreignOrderDto(order))
        .map((dto) => [dto.clientOrderId, dto]),
    );
    const before = this.foreign;
    this.foreign = shown;
    for (const dto of shown.values()) this.putOrder(dto);
    for (const [id, dto] of before) if (!shown.has(id)) this.putOrder({ ...dto, status: 'ended' });
  }

  /** Refreshes the figures that move by themselves; unchanged ones are not sent again. */
  refresh(): void {
    const { facts } = this;
    this.set({ op: 'set', topic: 'strip', value: stripDto(facts) });
    this.set({ op: 'set', topic: 'components', value: facts.components() });
    this.set({ op: 'set', topic: 'journal', value: { ...facts.journal(), engineEpoch: facts.engineEpoch } });
    this.set({ op: 'set', topic: 'watch', value: this.watch() });
    this.set({ op: 'set', topic: 'risk', value: this.risk() });
    this.set({ op: 'set', topic: 'drift', value: facts.drift() });
    this.set({ op: 'set', topic: 'strategies', value: facts.strategies() });
    this.set({ op: 'set', topic: 'stop', value: facts.stopReport() });
    this.set({ op: 'set', topic: 'outcomes', value: facts.unknownOutcomes().slice(-MAX_OUTCOMES) });
    this.set({ op: 'set', topic: 'executors', value: facts.executors() });
    this.set({ op: 'set', topic: 'reconciliation', value: facts.reconciliation() });
  }

  /** The whole state as of the last published number. */
  snapshot(): { readonly sequence: number; readonly state: TerminalState } {
    const { facts } = this;
    return {
      sequence: this.sequence,
      state: {
        strip: stripDto(facts),
        components: facts.components(),
        journal: { ...facts.journal(), engineEpoch: facts.engineEpoch },
        watch: this.watch(),
        orders: [...this.orders.values()],
        fills: [...this.fills],
        positions: [...this.positions.values()],
        risk: this.risk(),
        drift: facts.drift(),
        strategies: facts.strategies(),
        alerts: [...this.alerts],
        log: [...this.log],
        stop: facts.stopReport(),
        outcomes: facts.unknownOutcomes().slice(-MAX_OUTCOMES),
        executors: facts.executors(),
        reconciliation: facts.reconciliation(),
      },
    };
  }

  private noteDenial(timeUs: number, event: Extract<Decision, { kind: 'order.judged' }>): void {
    const [denial] = event.verdict.denials;
    if (denial === undefined) return;
    const { reason, verdict } = event;
    const by = reason.by === 'strategy' ? reason.strategyId : reason.by;
    const instrument = denial.params['instrumentId'];
    const { checks } = verdict;
    this.lastDenial = {
      ...denial,
      instrumentId: typeof instrument === 'string' ? instrument : null,
      by,
      timeUs,
      checks,
    };
    this.denialsToday += 1;
  }

  private risk(): RiskDto {
    const margins = this.facts.margins().map(marginDto);
    return { limits: limitDtos(this.facts), margins, lastDenial: this.lastDenial, denialsToday: this.denialsToday };
  }

  private watch(): TerminalState['watch'] {
    return this.facts.instruments().map(({ id }) => {
      const closes = this.facts.closes(id);
      const first = closes[0];
      const last = this.facts.last(id);
      const { ageMs, state } = this.facts.feed(id);
      return {
        instrumentId: id,
        last: last?.toString() ?? null,
        changeRatio: first === undefined || last === null ? null : last.toNumberLossy() / first - 1,
        closes,
        feed: state,
        ageMs: ageMs === null ? null : Math.round(ageMs),
      };
    });
  }

  private upsertOrder(id: ClientOrderId): void {
    const record = this.facts.order(id);
    if (record === undefined) return;
    this.putOrder(orderDto(record, this.filled.get(id), this.refusals.get(id) ?? null));
  }

  private putOrder(value: OrderDto): void {
    const id = value.clientOrderId;
    if (JSON.stringify(this.orders.get(id)) === JSON.stringify(value)) return;
    this.orders.set(id, value);
    if (this.orders.size > MAX_CLOSED_ORDERS + this.open.size + this.foreign.size) this.forgetOldestClosed();
    this.emit({ op: 'upsert', topic: 'orders', value });
  }

  private forgetOldestClosed(): void {
    for (const id of this.orders.keys()) {
      if (this.open.has(id as ClientOrderId) || this.foreign.has(id)) continue;
      this.orders.delete(id);
      this.filled.delete(id as ClientOrderId);
      this.refusals.delete(id);
      return;
    }
  }

  private upsertPosition(value: PositionDto): void {
    const key = `${value.accountId} ${value.instrumentId}`;
    if (JSON.stringify(this.positions.get(key)) === JSON.stringify(value)) return;
    this.positions.set(key, value);
    this.emit({ op: 'upsert', topic: 'positions', value });
  }

  private append<T extends 'fills' | 'alerts' | 'log'>(
    topic: T,
    list: TerminalState[T][number][],
    value: TerminalState[T][number],
    limit: number,
  ): void {
    list.push(value);
    if (list.length > limit) list.shift();
    this.emit({ op: 'append', topic, value } as StateUpdate);
  }

  private set(update: Extract<StateUpdate, { op: 'set' }>): void {
    const text = JSON.stringify(update.value);
    if (this.published.get(update.topic) === text) return;
    this.published.set(update.topic, text);
    this.emit(update);
  }

  private emit(update: StateUpdate): void {
    this.sequence += 1;
    this.publish({ sequence: this.sequence, update });
  }
}
