/** A canvas that paints at most once a frame, at the screen's own resolution. */
export type Surface = { readonly invalidate: () => void; readonly dispose: () => void };

export type SurfacePaint = (context: CanvasRenderingContext2D, width: number, height: number) => void;

/** Throws when the canvas has no 2d context. */
export function createSurface(canvas: HTMLCanvasElement, paint: SurfacePaint): Surface {
  const context = canvas.getContext('2d', { alpha: true });
  if (!context) throw new Error('expected a 2d context, was none');
  let frame = 0;
  const run = (): void => {
    frame = 0;
    const { clientWidth, clientHeight } = canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, clientWidth, clientHeight);
    paint(context, clientWidth, clientHeight);
  };
  const invalidate = (): void => {
    frame ||= requestAnimationFrame(run);
  };
  const observer = new ResizeObserver(invalidate);
  observer.observe(canvas);
  // Text drawn before the number face is loaded would keep the fallback's widths.
  document.fonts.addEventListener('loadingdone', invalidate);
  invalidate();
  return {
    invalidate,
    dispose: () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      document.fonts.removeEventListener('loadingdone', invalidate);
    },
  };
}
