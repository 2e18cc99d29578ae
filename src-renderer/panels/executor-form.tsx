import { useState, type ReactElement } from 'react';
import { EXECUTOR_FORMS, type ExecutorField, type ExecutorKindDto } from '../../src-preload/contract/executor-forms.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { sideText } from '../app/words.ts';
import {
  EMPTY_EXECUTOR,
  EXECUTOR_KINDS,
  type ExecutorDraft,
  executorDraft,
  type ExecutorFields,
  initialsOf,
  rangeText,
  settledParent,
} from '../stores/executor-draft.ts';
import { formsOf } from '../stores/order-forms.ts';
import { estimateOf } from '../stores/order-size.ts';
import type { TicketFields } from '../stores/ticket-fields.ts';
import { proposedExits } from '../stores/ticket-proposals.ts';
import { Num } from '../ui/number.tsx';
import { formatDecimal } from '../ui/number-text.ts';
import { ExitInputs } from './exit-fields.tsx';
import { CheckField, Segments, SelectField, TextField } from './fields.tsx';
import { type HandFormProps, HandPanel, type HandPanelProps, useClosable, useTicketWorld } from './hand-panel.tsx';
import { askText, SendForm } from './send-form.tsx';
import { CloseAll, ProposeButton } from './ticket-inputs.tsx';

export const ExecutorPanel = (props: HandPanelProps): ReactElement => (
  <HandPanel {...props} title="Executor" Form={ExecutorForm} />
);

/** Starts a parent order that is worked through children. Each child passes the gate when its time comes. */
function ExecutorForm(props: HandFormProps): ReactElement {
  const { instrument } = props;
  const world = useTicketWorld(props);
  const [fields, setFields] = useState(EMPTY_EXECUTOR);
  const parent = settledParent(fields, world);
  const closable = useClosable(props, parent);
  const draft = executorDraft(fields, parent, world);
  const setParent = (changes: Partial<TicketFields>): void =>
    setFields((before) => ({ ...before, parent: { ...before.parent, ...changes } }));
  const problems = draft.kind === 'open' ? draft.problems : {};
  return (
    <SendForm
      command={draft.kind === 'ready' ? draft.command : null}
      side={parent.side}
      words={<StartWords draft={draft} instrument={instrument} />}
      estimate={estimateOf(parent, world)}
      quote={instrument.quote}
      onTaken={() => setParent({ size: '' })}
    >
      <KindInputs {...{ fields, parent, instrument, draft }} onChange={setFields} onParent={setParent} />
      <TextField
        label="Quantity"
        value={parent.size}
        note={closable === null ? instrument.base : <CloseAll closable={closable} onChange={setParent} />}
        problem={problems.size}
        onChange={(size) => setParent({ size })}
      />
      {!parent.isClosing && (
        <>
          <div className="row between">
            <span className="t3 small">Every child comes with this stop.</span>
            <ProposeButton world={world} onPropose={() => setParent(proposedExits(parent, world))} />
          </div>
          <ExitInputs fields={parent} problems={problems} onChange={setParent} />
        </>
      )}
    </SendForm>
  );
}

type KindProps = {
  readonly fields: ExecutorFields;
  /** Settled. */
  readonly parent: TicketFields;
  readonly instrument: InstrumentDto;
  readonly draft: ExecutorDraft;
  readonly onChange: (fields: ExecutorFields) => void;
  readonly onParent: (changes: Partial<TicketFields>) => void;
};

function KindInputs({ fields, parent, instrument, draft, onChange, onParent }: KindProps): ReactElement {
  const form = EXECUTOR_FORMS[fields.kind];
  const refused = (side: 'buy' | 'sell'): string | null => {
    if (!form.sides.includes(side)) return `${form.word} only buys`;
    const isClosing = side === 'sell' && !formsOf(instrument).shorts;
    return isClosing && !form.mayClose ? 'a sell opens nothing here' : null;
  };
  const isForced = parent.side === 'sell' && !formsOf(instrument).shorts;
  const fixed = isForced ? 'a sell opens nothing here' : form.mayClose ? null : `${form.word} opens positions`;
  const type = (name: string, text: string): void => onChange({ ...fields, typed: { ...fields.typed, [name]: text } });
  return (
    <>
      <div className="siderow">
        <Segments
          label="Side"
          value={parent.side}
          choices={[
            { value: 'buy', word: '▲ Buy', refused: null, tone: 'buy' },
            { value: 'sell', word: '▼ Sell', refused: refused('sell'), tone: 'sell' },
          ]}
          onChange={(side) => onParent({ side, isClosing: false })}
        />
        <CheckField
          label="Close only"
          isOn={parent.isClosing}
          fixed={fixed}
          says="Opens no position and turns none: no stop is asked for."
          onChange={(isClosing) => onParent({ isClosing })}
        />
      </div>
      <SelectField
        label="Kind"
        value={fields.kind}
        choices={EXECUTOR_KINDS.map((value) => ({ value, word: EXECUTOR_FORMS[value].word, refused: null }))}
        onChange={(kind: ExecutorKindDto) => onChange({ ...fields, kind, typed: initialsOf(kind) })}
      />
      <p className="micro t3">{form.says}</p>
      {form.fields.map((field) => (
        <TextField
          key={field.name}
          label={field.label}
          value={fields.typed[field.name] ?? ''}
          note={unitText(field, instrument)}
          says={saysText(field)}
          {...(field.isOptional === true && { placeholder: 'none' })}
          problem={draft.kind === 'open' ? draft.own[field.name] : undefined}
          onChange={(text) => type(field.name, text)}
        />
      ))}
    </>
  );
}

const saysText = (field: ExecutorField): string =>
  field.min === undefined ? field.says : `${field.says} ${rangeText(field)}`;

/** The unit behind a field, with its range where it is short. */
function unitText({ unit, min, max }: ExecutorField, { base, quote }: InstrumentDto): string {
  switch (unit) {
    case 'price':
    case 'quote':
      return quote;
    case 'quantity':
      return base;
    case 'percent':
      return '%';
    case 'minutes':
      return 'minutes';
    case 'count':
      return `${String(min)} to ${formatDecimal(String(max))}`;
    case 'parts':
      return 'qty @ price; …';
  }
}

type WordsProps = { readonly draft: ExecutorDraft; readonly instrument: InstrumentDto };

function StartWords({ draft, instrument }: WordsProps): ReactElement {
  if (draft.kind === 'open') return <>{askText(draft.missing)}</>;
  const { params, quantity, side } = draft.command;
  return (
    <>
      Start {EXECUTOR_FORMS[params.kind].word}: {sideText(side)} <Num>{formatDecimal(quantity)}</Num> {instrument.base}
    </>
  );
}
