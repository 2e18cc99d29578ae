import type { ReactElement } from 'react';
import type { Choice } from '../stores/order-forms.ts';
import type { StopRuleChoice } from '../stores/ticket-fields.ts';
import type { ExitFields } from '../stores/ticket.ts';
import type { Problems } from '../stores/ticket-problems.ts';
import { Pair, SelectField, TextField } from './fields.tsx';

const RULES: readonly (Choice<StopRuleChoice> & { readonly unit: string })[] = [
  { value: 'fixed', word: 'Stays', refused: null, unit: '' },
  { value: 'trailing', word: 'Trails price', refused: null, unit: '%' },
  { value: 'atr', word: 'Trails ATR 14', refused: null, unit: '×' },
  { value: 'breakEven', word: 'Breaks even', refused: null, unit: '%' },
  { value: 'bars', word: 'Closes after', refused: null, unit: 'bars' },
];

type ExitInputsProps = {
  readonly fields: ExitFields;
  readonly problems: Problems;
  /** What the target brings. */
  readonly gain?: string;
  readonly onChange: (changes: Partial<ExitFields>) => void;
};

/** The stop that every order comes with that opens a position, how it follows the market, and the target. */
export function ExitInputs({ fields, problems, gain, onChange }: ExitInputsProps): ReactElement {
  const rule = RULES.find(({ value }) => value === fields.stopRule);
  return (
    <>
      <Pair>
        <TextField
          label="Stop"
          value={fields.stopTrigger}
          placeholder="trigger"
          problem={problems.stopTrigger}
          onChange={(stopTrigger) => onChange({ stopTrigger })}
        />
        <TextField
          label="Stop limit"
          isBeside
          value={fields.stopLimit}
          placeholder="limit"
          problem={problems.stopLimit}
          onChange={(stopLimit) => onChange({ stopLimit })}
        />
      </Pair>
      <Pair>
        <SelectField
          label="Stop rule"
          value={fields.stopRule}
          choices={RULES}
          onChange={(stopRule) => onChange({ stopRule, ruleValue: '' })}
        />
        {fields.stopRule !== 'fixed' && (
          <TextField
            label="Rule value"
            isBeside
            value={fields.ruleValue}
            note={rule?.unit}
            problem={problems.ruleValue}
            onChange={(ruleValue) => onChange({ ruleValue })}
          />
        )}
      </Pair>
      <TextField
        label="Target"
        value={fields.target}
        note={gain}
        placeholder="none"
        problem={problems.target}
        onChange={(target) => onChange({ target })}
      />
    </>
  );
}
