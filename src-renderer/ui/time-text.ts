import { formatNumber } from './number-text.ts';

/** Times are UTC: seconds in tables, milliseconds only in the tape and in reports. */
export const clockText = (us: number): string => new Date(us / 1000).toISOString().slice(11, 19);
export const clockTextMs = (us: number): string => new Date(us / 1000).toISOString().slice(11, 23);

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function dateText(ms: number): string {
  const date = new Date(ms);
  const [day = '', month = ''] = [DAYS[date.getUTCDay()], MONTHS[date.getUTCMonth()]];
  return `${day} ${date.getUTCDate()} ${month} ${date.getUTCFullYear()}`;
}

/** Under a second in milliseconds, under a minute with one decimal, then in the two largest units. */
export function ageText(ms: number): string {
  const age = Math.max(0, ms);
  if (age < 1000) return `${Math.round(age)} ms`;
  if (age < 60_000) return `${(age / 1000).toFixed(1)} s`;
  if (age < 3_600_000) return `${Math.floor(age / 60_000)} min ${Math.floor((age % 60_000) / 1000)} s`;
  return `${formatNumber(Math.floor(age / 3_600_000))} h ${Math.floor((age % 3_600_000) / 60_000)} min`;
}
