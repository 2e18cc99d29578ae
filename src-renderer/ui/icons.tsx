import type { ReactElement } from 'react';

/** 16 grid, 1.5 stroke; filled only for trading states. Always beside a word. */
const PATHS = {
  play: <path className="f" d="M5 3.5v9l7.5-4.5z" />,
  pause: <path className="f" d="M4 3h3v10H4zM9 3h3v10H9z" />,
  triangleDown: <path className="f" d="M2 4h12L8 13z" />,
  square: <path className="f" d="M3 3h10v10H3z" />,
  octagon: <path className="f" d="M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5z" />,
  check: <path d="M3.5 8.5l3 3 6-7" />,
  cross: <path d="M4 4l8 8M12 4l-8 8" />,
  pencil: <path d="M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3zM9.2 4.5l2.3 2.3" />,
  warn: <path d="M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.1" />,
  info: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.5v3.5M8 5v.1" />
    </>
  ),
  lock: <path d="M4 7.5h8V13H4zM5.5 7.5V5.5a2.5 2.5 0 015 0v2" />,
  shield: <path d="M8 2l5 2v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z" />,
  question: <path d="M5.5 6a2.5 2.5 0 115 0c0 1.6-2.5 1.8-2.5 3.6M8 12.3v.1" />,
  chart: <path d="M3 13V9M7 13V4M11 13V7" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 5v3l2 1.5" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path className="f" d="M8 2.5a5.5 5.5 0 010 11z" />
    </>
  ),
} as const;
export type IconName = keyof typeof PATHS;

export const Icon = ({
  name,
  className = '',
}: {
  readonly name: IconName;
  readonly className?: string;
}): ReactElement => (
  <svg className={`i ${className}`} viewBox="0 0 16 16" aria-hidden="true">
    {PATHS[name]}
  </svg>
);
