import { BOOK_FRAME_HEADER } from '../../src-preload/contract/messages.ts';

/** One book frame read in place: pairs of ticks and lots from the best outwards. */
export type BookFrame = {
  readonly viewIndex: number;
  readonly instrumentIndex: number;
  readonly updateId: number;
  readonly ageMs: number;
  readonly bids: Float64Array;
  readonly asks: Float64Array;
};

/** Throws when the frame is shorter than its own counts say. */
export function readBookFrame(frame: Float64Array): BookFrame {
  const [viewIndex = -1, instrumentIndex = -1, updateId = 0, ageMs = 0, bidLevels = 0, askLevels = 0] = frame;
  const expected = BOOK_FRAME_HEADER + 2 * (bidLevels + askLevels);
  if (frame.length !== expected)
    throw new RangeError(`expected a book frame of ${expected} numbers, was ${frame.length}`);
  const middle = BOOK_FRAME_HEADER + 2 * bidLevels;
  return {
    viewIndex,
    instrumentIndex,
    updateId,
    ageMs,
    bids: frame.subarray(BOOK_FRAME_HEADER, middle),
    asks: frame.subarray(middle),
  };
}
