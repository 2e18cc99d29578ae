import { useId, type ReactElement, type ReactNode } from 'react';
import type { Choice } from '../stores/order-forms.ts';

type TextFieldProps = {
  readonly label: string;
  /** Beside another field of the same row: named for screen readers only. */
  readonly isBeside?: boolean;
  readonly value: string;
  /** Behind the text: a unit, a figure or a button. */
  readonly note?: ReactNode;
  /** One line that says what is wrong. */
  readonly problem?: string | undefined;
  /** Why nothing can be typed here. */
  readonly refused?: string | null;
  /** What the field is, for the pointer. */
  readonly says?: string;
  readonly placeholder?: string;
  readonly onChange: (value: string) => void;
};

/** A labeled line of text with its unit, and at most one line about what is wrong with it. */
export function TextField(props: TextFieldProps): ReactElement {
  const { label, isBeside = false, value, note, problem, refused = null, says, placeholder, onChange } = props;
  const id = useId();
  const isWrong = problem !== undefined && refused === null;
  return (
    <div className={isBeside ? 'field beside' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <span className={isWrong ? 'input wrong' : 'input'} title={refused ?? says}>
        <input
          id={id}
          className="n"
          inputMode="decimal"
          autoComplete="off"
          value={refused === null ? value : ''}
          placeholder={refused ?? placeholder}
          disabled={refused !== null}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? `${id}-problem` : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
        {note !== undefined && refused === null && <span className="u n">{note}</span>}
      </span>
      {isWrong && (
        <span id={`${id}-problem`} className="problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

type SelectFieldProps<T extends string> = {
  readonly label: string;
  readonly isBeside?: boolean;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
};

/** What may not be chosen stays in the list, with its reason. */
export function SelectField<T extends string>(props: SelectFieldProps<T>): ReactElement {
  const { label, isBeside = false, value, choices, onChange } = props;
  const id = useId();
  const take = (text: string): void => {
    const choice = choices.find((entry) => entry.value === text);
    if (choice !== undefined && choice.refused === null) onChange(choice.value);
  };
  return (
    <div className={isBeside ? 'field beside' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <span className="input">
        <select id={id} value={value} onChange={(event) => take(event.target.value)}>
          {choices.map(({ value: name, word, refused }) => (
            <option key={name} value={name} disabled={refused !== null} title={refused ?? undefined}>
              {refused === null ? word : `${word} (${refused})`}
            </option>
          ))}
        </select>
      </span>
    </div>
  );
}

/** Two fields in one row. */
export const Pair = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <div className="pair">{children}</div>
);

type CheckFieldProps = {
  readonly label: string;
  readonly isOn: boolean;
  /** Why it cannot be changed. */
  readonly fixed?: string | null;
  readonly says: string;
  readonly onChange: (isOn: boolean) => void;
};

export const CheckField = ({ label, isOn, fixed = null, says, onChange }: CheckFieldProps): ReactElement => (
  <label className="tick" title={fixed ?? says}>
    <input
      type="checkbox"
      checked={isOn}
      disabled={fixed !== null}
      onChange={(event) => onChange(event.target.checked)}
    />{' '}
    {label}
  </label>
);

type SegmentsProps<T extends string> = {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (Choice<T> & { readonly tone?: string })[];
  readonly onChange: (value: T) => void;
};

/** A few choices side by side. */
export const Segments = <T extends string>({ label, value, choices, onChange }: SegmentsProps<T>): ReactElement => (
  <div className="seg" role="radiogroup" aria-label={label}>
    {choices.map((choice) => (
      <button
        key={choice.value}
        type="button"
        role="radio"
        aria-checked={choice.value === value}
        disabled={choice.refused !== null}
        title={choice.refused ?? undefined}
        className={choice.value === value ? `on ${choice.tone ?? ''}` : ''}
        onClick={() => onChange(choice.value)}
      >
        {choice.word}
      </button>
    ))}
  </div>
);
