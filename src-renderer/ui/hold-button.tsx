import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Icon } from './icons.tsx';

/** As --motion-hold of the tokens. */
export const HOLD_MS = 800;

type HoldButtonProps = { readonly label: string; readonly disabled: boolean; readonly onHeld: () => void };

/** Confirms only after being held: pointer, Space or Enter. Letting go early does nothing. */
export function HoldButton({ label, disabled, onHeld }: HoldButtonProps): ReactElement {
  const [isHeld, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // Cleared in the event itself, not in an effect after it: a late release must not confirm.
  const release = (): void => {
    clearTimeout(timer.current);
    setHeld(false);
  };
  const begin = (): void => {
    clearTimeout(timer.current);
    setHeld(true);
    timer.current = setTimeout(() => {
      setHeld(false);
      onHeld();
    }, HOLD_MS);
  };
  return (
    <button
      type="button"
      className={`btn hold ${isHeld ? 'held' : ''}`}
      disabled={disabled}
      onPointerDown={begin}
      onPointerUp={release}
      onPointerLeave={release}
      onBlur={release}
      onKeyDown={(event) => {
        if ((event.code === 'Space' || event.code === 'Enter') && !event.repeat) begin();
      }}
      onKeyUp={release}
    >
      <i />
      <Icon name="lock" />
      <span>{label}</span>
    </button>
  );
}
