import { useEffect, useRef, type ReactElement } from 'react';

type CanvasHostProps = {
  /** What a screen reader says; the numbers themselves are painted. */
  readonly label: string;
  /** Must keep its identity while its instrument and theme do: a new one mounts anew. */
  readonly mount: (canvas: HTMLCanvasElement) => () => void;
};

/** The border between React and a painter: React gives the element and takes it back, nothing else. */
export function CanvasHost({ label, mount }: CanvasHostProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? mount(canvas.current) : undefined), [mount]);
  return (
    <div className="canvasbox">
      <canvas ref={canvas} role="img" aria-label={label} />
    </div>
  );
}
