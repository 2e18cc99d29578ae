/** What a client asks for. `isLong`: it judges, writes to disk and sends, which takes the event loop for a while. */
export type Passage = { readonly run: () => void; readonly isLong: boolean };

export type Turnstile = (passage: Passage) => void;

/**
 * Lets what clients ask for pass in order, but only one long passage in each turn of the event loop: whatever else came
 * meanwhile, a stop by the guardian above all, is heard before the next and not after a whole burst.
 */
export function createTurnstile(nextTurn: (resume: () => void) => void = setImmediate): Turnstile {
  const waiting: Passage[] = [];
  let isHeld = false;
  const resume = (): void => {
    isHeld = false;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      pass(next);
      if (next.isLong) return;
    }
  };
  const pass = ({ isLong, run }: Passage): void => {
    if (isLong) {
      isHeld = true;
      nextTurn(resume);
    }
    run();
  };
  return (passage) => {
    if (isHeld) waiting.push(passage);
    else pass(passage);
  };
}
