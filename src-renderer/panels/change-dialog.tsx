import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useState, type ReactElement, type SyntheticEvent } from 'react';
import type { InstrumentDto, OrderDto } from '../../src-preload/contract/state.ts';
import type { CommandSender } from '../app/use-command.ts';
import { orderTypeText, sideText } from '../app/words.ts';
import {
  changeable,
  changeCourse,
  changeProblems,
  changesOf,
  modifyOf,
  type Changed,
  type ChangeField,
} from '../stores/order-change.ts';
import { Num } from '../ui/number.tsx';
import { formatDecimal } from '../ui/number-text.ts';
import { TextField } from './fields.tsx';

const LABELS: Readonly<Record<ChangeField, string>> = { triggerPrice: 'Trigger', price: 'Price', quantity: 'Quantity' };

type ChangeDialogProps = {
  readonly order: OrderDto;
  readonly instrument: InstrumentDto;
  readonly sender: CommandSender;
  readonly onClose: () => void;
};

/** Changes a resting order: typed first, then shown with what it was and confirmed. Esc only closes. */
export function ChangeDialog({ order, instrument, sender, onClose }: ChangeDialogProps): ReactElement {
  const fields = changeable(order);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(fields.map((field) => [field, formatDecimal(order[field] ?? '').replaceAll(',', '')])),
  );
  const [isAsked, setAsked] = useState(false);
  const problems = changeProblems(order, typed, instrument);
  const changes = changesOf(order, typed);
  const isReady = changes.length > 0 && Object.keys(problems).length === 0;
  const act = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isReady) return;
    if (!isAsked) {
      setAsked(true);
      return;
    }
    void sender.send(modifyOf(order, changes));
    onClose();
  };
  const what = `${sideText(order.side)} ${formatDecimal(order.quantity)} ${instrument.base}/${instrument.quote}`;
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth>
      <form onSubmit={act}>
        <DialogTitle>
          Change: {what}, {orderTypeText(order.type).toLowerCase()}
        </DialogTitle>
        <DialogContent>
          {isAsked ? (
            <Review changes={changes} course={changeCourse(order, instrument)} />
          ) : (
            <div className="ticketfields">
              {fields.map((field) => (
                <TextField
                  key={field}
                  label={LABELS[field]}
                  value={typed[field] ?? ''}
                  note={field === 'quantity' ? instrument.base : instrument.quote}
                  problem={problems[field]}
                  onChange={(text) => setTyped((before) => ({ ...before, [field]: text }))}
                />
              ))}
            </div>
          )}
        </DialogContent>
        <DialogActions>
          {isAsked ? (
            <Button onClick={() => setAsked(false)}>Back</Button>
          ) : (
            <Button onClick={onClose}>Keep as it is</Button>
          )}
          <button type="submit" className="btn primary" disabled={!isReady}>
            {isAsked ? 'Change the order' : 'Review'}
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

type ReviewProps = { readonly changes: readonly Changed[]; readonly course: string };

const Review = ({ changes, course }: ReviewProps): ReactElement => (
  <>
    {changes.map(({ field, from, to }) => (
      <p key={field}>
        {LABELS[field]} <Num className="t2">{formatDecimal(from)}</Num> → <Num>{formatDecimal(to)}</Num>
      </p>
    ))}
    <p className="t2 small">{course}</p>
  </>
);
