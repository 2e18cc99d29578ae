import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import type { ReactElement } from 'react';
import type { CommandDto } from '../../src-preload/contract/messages.ts';
import type { CommandSender } from '../app/use-command.ts';

export type Confirmation = {
  readonly title: string;
  readonly says: string;
  readonly action: string;
  readonly commands: readonly CommandDto[];
};

type ConfirmDialogProps = {
  readonly confirmation: Confirmation;
  readonly sender: CommandSender;
  readonly onClose: () => void;
};

/** Says what will happen before it does. Esc only closes. */
export function ConfirmDialog({ confirmation, sender, onClose }: ConfirmDialogProps): ReactElement {
  const act = (): void => {
    for (const command of confirmation.commands) void sender.send(command);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth>
      <DialogTitle>{confirmation.title}</DialogTitle>
      <DialogContent>
        <p className="t2">{confirmation.says}</p>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Keep as it is</Button>
        <button type="button" className="btn danger" onClick={act}>
          {confirmation.action}
        </button>
      </DialogActions>
    </Dialog>
  );
}
