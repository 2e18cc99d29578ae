import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useEffect, useState, type ReactElement } from 'react';
import { listenForRegions } from './regions.ts';

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Ctrl', 'Shift', 'S'], 'Emergency stop: cancel, exit, halt. Works in every field and dialog.'],
  [['F6'], 'Next region; with Shift the one before'],
  [['Alt', '1–9'], 'Panel by number; Alt 0 is drift'],
  [['↑', '↓'], 'Rows of a table; Home and End for the first and last'],
  [['Enter'], 'Shows the instrument of the row'],
  [['Ctrl', '↵'], 'Sends the order of the ticket, when the gate would allow it'],
  [['Esc'], 'Closes what is open; it never trades'],
  [['?'], 'This map'],
];

/** Listens for the navigation keys and shows what they are. */
export function KeyMap(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => listenForRegions(window, () => setOpen(true)), []);
  return (
    <Dialog open={isOpen} onClose={() => setOpen(false)} maxWidth="sm">
      <DialogTitle>Keys</DialogTitle>
      <DialogContent>
        <dl className="keys">
          {KEYS.map(([keys, does]) => (
            <div key={does}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <p className="t3 small">Charts by TradingView Lightweight Charts.</p>
      </DialogContent>
    </Dialog>
  );
}
