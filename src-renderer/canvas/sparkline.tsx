import { useCallback, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useTerminal } from '../app/terminal-context.tsx';
import { createSurface } from './surface.ts';
import { readTokenColors } from './token-colors.ts';

/** Closes as a line with a dot at the newest; the first close sets whether it is a gain. */
export function paintSparkline(
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  values: readonly number[],
  color: string,
): void {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const x = (index: number): number => 1 + (index / Math.max(1, values.length - 1)) * (size.width - 4);
  const y = (value: number): number => size.height - 1.5 - ((value - low) / span) * (size.height - 3);
  context.beginPath();
  values.forEach((value, index) => context.lineTo(x(index), y(value)));
  context.strokeStyle = color;
  context.lineWidth = 1.2;
  context.lineJoin = 'round';
  context.stroke();
  const last = values.at(-1);
  if (last === undefined) return;
  context.beginPath();
  context.arc(x(values.length - 1), y(last), 1.6, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
}

/** A ref callback per set of closes: a sparkline changes with its bar, not with each tick. */
export function Sparkline({ values }: { readonly values: readonly number[] }): ReactElement {
  const { preferences } = useTerminal();
  const look = useStore(preferences, ({ theme, palette }) => `${theme} ${palette}`);
  const mount = useCallback(
    (canvas: HTMLCanvasElement | null) => {
      if (!canvas || values.length === 0) return;
      canvas.dataset['look'] = look;
      const colors = readTokenColors();
      const color = (values.at(-1) ?? 0) >= (values[0] ?? 0) ? colors.bid : colors.ask;
      const surface = createSurface(canvas, (context, width, height) =>
        paintSparkline(context, { width, height }, values, color),
      );
      return surface.dispose;
    },
    [values, look],
  );
  return <canvas ref={mount} className="spark" aria-hidden="true" />;
}
