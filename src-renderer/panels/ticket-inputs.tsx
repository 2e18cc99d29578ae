import type { ReactElement } from 'react';
import { type Choice, formsOf, takesPrice, takesTrigger, timeChoices, typeChoices } from '../stores/order-forms.ts';
import { quantityOf } from '../stores/order-size.ts';
import {
  entryPrice,
  isTimed,
  mayHide,
  plain,
  type SizeUnit,
  type TicketFields,
  type TicketWorld,
} from '../stores/ticket-fields.ts';
import type { Problems } from '../stores/ticket-problems.ts';
import { formatDecimal, formatSigned, multiplyDecimals, negated, subtractDecimals } from '../ui/number-text.ts';
import { ExitInputs } from './exit-fields.tsx';
import { CheckField, Pair, Segments, SelectField, TextField } from './fields.tsx';

type Change = (changes: Partial<TicketFields>) => void;

export type InputsProps = {
  /** Settled. */
  readonly fields: TicketFields;
  readonly world: TicketWorld;
  readonly problems: Problems;
  /** Quantity that could be closed, on the side of the ticket; null for none. */
  readonly closable: string | null;
  readonly onChange: Change;
  readonly onPropose: () => void;
};

export function TicketInputs(props: InputsProps): ReactElement {
  const { fields, world, problems, onChange } = props;
  return (
    <>
      <FormInputs {...props} />
      <PriceInputs {...props} />
      <OptionInputs {...props} />
      <SizeInput {...props} />
      {!fields.isClosing && (
        <ExitInputs fields={fields} problems={problems} gain={gainOf(fields, world)} onChange={onChange} />
      )}
    </>
  );
}

function FormInputs({ fields, world, onChange }: InputsProps): ReactElement {
  const { instrument } = world;
  const { isClosing, side, type } = fields;
  const times = timeChoices(instrument, type, isClosing);
  const isForced = side === 'sell' && !formsOf(instrument).shorts;
  return (
    <>
      <div className="siderow">
        <Segments
          label="Side"
          value={side}
          choices={[
            { value: 'buy', word: '▲ Buy', refused: null, tone: 'buy' },
            { value: 'sell', word: '▼ Sell', refused: null, tone: 'sell' },
          ]}
          onChange={(next) => onChange({ side: next, isClosing: false })}
        />
        <CheckField
          label="Close only"
          isOn={isClosing}
          fixed={isForced ? NO_SHORTS : null}
          says="Opens no position and turns none: no stop is asked for."
          onChange={(isOn) => onChange({ isClosing: isOn })}
        />
      </div>
      {isForced && <p className="micro t3">{NO_SHORTS}</p>}
      <Pair>
        <SelectField
          label="Type"
          value={type}
          choices={typeChoices(instrument, isClosing)}
          onChange={(next) => onChange({ type: next })}
        />
        {times.length > 0 && (
          <SelectField
            label="Lasts"
            isBeside
            value={fields.timeInForce}
            choices={times}
            onChange={(timeInForce) => onChange({ timeInForce })}
          />
        )}
      </Pair>
    </>
  );
}

const NO_SHORTS = 'A sell opens nothing here: it closes what is held.';

type ProposeProps = { readonly world: TicketWorld; readonly onPropose: () => void };

/** Fills in a price of the book and exits around it: a start to change, not advice. */
export function ProposeButton({ world, onPropose }: ProposeProps): ReactElement {
  const isKnown = world.bestBid !== null && world.bestAsk !== null;
  return (
    <button
      type="button"
      className="btn tiny propose"
      disabled={!isKnown}
      title={isKnown ? undefined : 'No book yet'}
      onClick={onPropose}
    >
      from book
    </button>
  );
}

function PriceInputs({ fields, world, problems, onChange, onPropose }: InputsProps): ReactElement {
  const { type } = fields;
  const propose = <ProposeButton world={world} onPropose={onPropose} />;
  const isTriggered = takesTrigger(type);
  return (
    <>
      {isTriggered && (
        <TextField
          label="Trigger"
          value={fields.trigger}
          note={propose}
          problem={problems.trigger}
          onChange={(trigger) => onChange({ trigger })}
        />
      )}
      {takesPrice(type) && (
        <TextField
          label="Price"
          value={fields.price}
          note={isTriggered ? undefined : propose}
          problem={problems.price}
          onChange={(price) => onChange({ price })}
        />
      )}
      {type === 'trailingStop' && (
        <TextField
          label="Trails by"
          value={fields.trailing}
          note="%"
          problem={problems.trailing}
          onChange={(trailing) => onChange({ trailing })}
        />
      )}
      {!isTriggered && !takesPrice(type) && (
        <div className="field">
          <span>Price</span>
          <span className="input">
            <span className="n t3 grow">about {bestText(fields, world)}</span>
            {propose}
          </span>
        </div>
      )}
    </>
  );
}

/** When the order ends by itself, and what of it is seen. */
function OptionInputs({ fields, world, problems, onChange }: InputsProps): ReactElement {
  const { instrument } = world;
  const hide = formsOf(instrument).icebergs ? null : `not at ${instrument.venue}`;
  return (
    <>
      {isTimed(fields, instrument) && (
        <TextField
          label="Ends at"
          value={fields.endsAt}
          note="UTC"
          placeholder="14:30"
          problem={problems.endsAt}
          onChange={(endsAt) => onChange({ endsAt })}
        />
      )}
      {mayHide(fields) && !fields.isClosing && (
        <TextField
          label="Shows"
          value={fields.shown}
          note={instrument.base}
          placeholder="all of it"
          refused={hide}
          problem={problems.shown}
          onChange={(shown) => onChange({ shown })}
        />
      )}
    </>
  );
}

const bestText = (fields: TicketFields, world: TicketWorld): string => {
  const price = entryPrice(fields, world);
  return price === null ? 'the market, not known' : formatDecimal(price);
};

function SizeInput({ fields, world, problems, closable, onChange }: InputsProps): ReactElement {
  const { instrument, equity } = world;
  const units: readonly Choice<SizeUnit>[] = [
    { value: 'base', word: instrument.base, refused: null },
    { value: 'quote', word: instrument.quote, refused: null },
    { value: 'risk', word: '% risk', refused: riskRefusal(fields, equity, instrument.quote) },
  ];
  return (
    <Pair>
      <TextField
        label="Quantity"
        value={fields.size}
        {...(closable !== null && { note: <CloseAll closable={closable} onChange={onChange} /> })}
        problem={problems.size}
        onChange={(size) => onChange({ size })}
      />
      <SelectField
        label="Quantity in"
        isBeside
        value={fields.sizeUnit}
        choices={units}
        onChange={(sizeUnit) => onChange({ sizeUnit, size: '' })}
      />
    </Pair>
  );
}

function riskRefusal({ isClosing }: TicketFields, equity: string | null, quote: string): string | null {
  if (isClosing) return 'a closing order has no stop to reckon with';
  return equity === null ? `the equity is not known in ${quote}` : null;
}

export const CloseAll = ({
  closable,
  onChange,
}: {
  readonly closable: string;
  readonly onChange: Change;
}): ReactElement => (
  <button type="button" className="btn tiny propose" onClick={() => onChange({ sizeUnit: 'base', size: closable })}>
    all {formatDecimal(closable)}
  </button>
);

/** What the target brings for the whole quantity, before fees. */
function gainOf(fields: TicketFields, world: TicketWorld): string {
  const [target, entry, quantity] = [plain(fields.target), entryPrice(fields, world), quantityOf(fields, world)];
  if (target === null || entry === null || quantity === null) return '';
  const gain = multiplyDecimals(subtractDecimals(target, entry), quantity);
  return formatSigned(fields.side === 'buy' ? gain : negated(gain), 2);
}
