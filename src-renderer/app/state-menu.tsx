import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState, type CSSProperties, type ReactElement, type ReactNode } from 'react';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import type { ModeDto, TradingStateDto } from '../../src-preload/contract/state.ts';
import { HoldButton } from '../ui/hold-button.tsx';
import { useCommand } from './use-command.ts';

/** A reason shorter than this says nothing to who reads the journal later. */
export const REASON_MINIMUM = 10;

type Change = {
  readonly title: string;
  readonly says: string;
  readonly isRearm: boolean;
  readonly command: (reason: string) => CommandDto;
};

const HALT: Change = {
  title: 'Halt',
  says: 'No new exposure. Stops, exits and cancels stay allowed. Open positions and their stops stay as they are.',
  isRearm: false,
  command: (reason) => ({ kind: 'halt', reason }),
};
const REDUCE: Change = {
  title: 'Reduce only',
  says: 'Only orders that reduce a position, stops and cancels.',
  isRearm: false,
  command: (reason) => ({ kind: 'setReducing', reason }),
};
const rearm = (to: 'reducing' | 'active'): Change => ({
  title: to === 'active' ? 'Go active' : 'Re-arm to reducing',
  says: to === 'active' ? 'Strategies may enter again, under every limit.' : 'First step out of halted: exits only.',
  isRearm: true,
  command: (reason) => ({ kind: 'rearm', to, reason }),
});

const CHANGES: Readonly<Record<TradingStateDto, readonly Change[]>> = {
  active: [REDUCE, HALT],
  reducing: [rearm('active'), HALT],
  halted: [rearm('reducing')],
  stopping: [],
};

type StateMenuProps = {
  readonly state: TradingStateDto;
  readonly mode: ModeDto;
  readonly label: ReactNode;
  readonly style: CSSProperties;
};

/** The state cell of the strip: its menu holds every legal change of the trading state. */
export function StateMenu({ state, mode, label, style }: StateMenuProps): ReactElement {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [change, setChange] = useState<Change | null>(null);
  const changes = CHANGES[state];
  return (
    <>
      <button
        type="button"
        className="cell state"
        style={style}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {label}
      </button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {changes.length === 0 && <MenuItem disabled>The stop is at work</MenuItem>}
        {changes.map((entry) => (
          <MenuItem
            key={entry.title}
            onClick={() => {
              setAnchor(null);
              setChange(entry);
            }}
          >
            {entry.title}…
          </MenuItem>
        ))}
      </Menu>
      {change && <ChangeDialog change={change} mode={mode} onClose={() => setChange(null)} />}
    </>
  );
}

type ChangeDialogProps = { readonly change: Change; readonly mode: ModeDto; readonly onClose: () => void };

function ChangeDialog({ change, mode, onClose }: ChangeDialogProps): ReactElement {
  const [reason, setReason] = useState('');
  const { send, answer } = useCommand();
  const isLong = reason.trim().length >= REASON_MINIMUM;
  const submit = (): void => {
    void send(change.command(reason.trim())).then((isOk) => {
      if (isOk) onClose();
    });
  };
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth>
      <DialogTitle>{change.title}</DialogTitle>
      <DialogContent>
        <p className="t2">{change.says}</p>
        {change.isRearm && mode === 'live' && (
          <p className="warn">Live mode also asks for the code of your authenticator.</p>
        )}
        <TextField
          autoFocus
          fullWidth
          size="small"
          margin="dense"
          label={`Reason, at least ${REASON_MINIMUM} characters`}
          value={reason}
          slotProps={{ htmlInput: { maxLength: 200 } }}
          onChange={(event) => setReason(event.target.value)}
        />
        {answer.kind === 'failed' && (
          <p className="dangerc" role="alert">
            {answer.text}
          </p>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        {change.isRearm ? (
          <HoldButton disabled={!isLong} onHeld={submit} label={`Hold to ${change.title.toLowerCase()}`} />
        ) : (
          <button type="button" className="btn primary" disabled={!isLong} onClick={submit}>
            {change.title}
          </button>
        )}
      </DialogActions>
    </Dialog>
  );
}
