import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Icon } from './icons.tsx';

/** As --motion-hold of the tokens. */
export const HOLD_MS = 800;

type HoldButtonProps = { readonly label: string; readonly disabled: boolean; readonly onHeld: () => void };

/** Confirms only after being held: pointer, Space or Enter. Letting go early does nothing. */
export function HoldButton({ label, disabled, onHeld }: HoldButtonProps): ReactElement {
  const [isHeld, setHeld] = useState(false);
  const held = useRef(onHeld);
  useEffect(() => {
    held.current = onHeld;
  }, [onHeld]);
  useEffect(() => {
    if (!isHeld) return;
    const timer = setTimeout(() => {
      setHeld(false);
      held.current();
    }, HOLD_MS);
    return () => clearTimeout(timer);
  }, [isHeld]);
  const release = (): void => setHeld(false);
  return (
    <button
      type="button"
      className={`btn hold ${isHeld ? 'held' : ''}`}
      disabled={disabled}
      onPointerDown={() => setHeld(true)}
      onPointerUp={release}
      onPointerLeave={release}
      onBlur={release}
      onKeyDown={(event) => {
        if ((event.code === 'Space' || event.code === 'Enter') && !event.repeat) setHeld(true);
      }}
      onKeyUp={release}
    >
      <i />
      <Icon name="lock" />
      <span>{label}</span>
    </button>
  );
}
