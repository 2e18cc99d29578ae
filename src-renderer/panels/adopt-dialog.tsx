import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useState, type ReactElement, type SyntheticEvent } from 'react';
import type { OrderDto } from '../../src-preload/contract/state.ts';
import type { CommandSender } from '../app/use-command.ts';
import { sideText } from '../app/words.ts';
import { formatDecimal, isDecimal } from '../ui/number-text.ts';

/** Another Leeward's orders come with its account, and what is filled in part is not ours to protect. */
export const canAdopt = ({ filledQuantity, foreign, installation, venueOrderId }: OrderDto): boolean =>
  foreign && installation === null && venueOrderId !== null && Number(filledQuantity) === 0;

const placeOf = ({ instrumentId }: OrderDto): string => instrumentId.split('.')[0] ?? '';

type FieldProps = { readonly label: string; readonly value: string; readonly onChange: (value: string) => void };

const Field = ({ label, value, onChange }: FieldProps): ReactElement => (
  <label className="field">
    <span>{label}</span>
    <span className="input">
      <input className="n" inputMode="decimal" value={value} onChange={(event) => onChange(event.target.value)} />
    </span>
  </label>
);

type AdoptDialogProps = {
  readonly order: OrderDto;
  readonly sender: CommandSender;
  readonly onClose: () => void;
};

/** Makes a foreign order ours once confirmed. One that opens a position needs its stop first. Esc only closes. */
export function AdoptDialog({ order, sender, onClose }: AdoptDialogProps): ReactElement {
  const [stopTrigger, setTrigger] = useState('');
  const [stopLimit, setLimit] = useState('');
  const opens = order.side === 'buy';
  const isReady = !opens || (isDecimal(stopTrigger) && isDecimal(stopLimit));
  const adopt = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    const stop = opens ? { stopTrigger, stopLimit } : { stopTrigger: null, stopLimit: null };
    const { accountId, venueOrderId } = order;
    void sender.send({ kind: 'adoptOrder', accountId, venueOrderId: venueOrderId ?? '', ...stop });
    onClose();
  };
  const what = `${sideText(order.side)} ${formatDecimal(order.quantity)} ${placeOf(order)}`;
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth>
      <form onSubmit={adopt}>
        <DialogTitle>Adopt: {what}</DialogTitle>
        <DialogContent>
          <p className="t2">
            From then on it counts against the limits, is guarded, and ends with the emergency stop.
            {opens ? ' What it buys is protected by this stop.' : ' It may only close what is held.'}
          </p>
          {opens && (
            <>
              <Field label="Stop" value={stopTrigger} onChange={setTrigger} />
              <Field label="Stop limit" value={stopLimit} onChange={setLimit} />
            </>
          )}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Keep as it is</Button>
          <button type="submit" className="btn" disabled={!isReady}>
            Adopt order
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
