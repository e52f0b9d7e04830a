/** Numbers as people write them; the same rules as every other face. */

const grouping = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return `${value < 0 ? '−' : ''}${grouping.format(Math.abs(Math.round(value)))}`;
}

/** A share as a percentage, never rounded to 0 or 100 when it is neither. */
export function percent(share: number): string {
  const value = share * 100;
  if (share > 0 && value < 0.1) return '< 0.1 %';
  if (share < 1 && value > 99) return `${Math.min(value, 99.9).toFixed(1)} %`;
  if (value > 0 && value < 1) return `${value.toFixed(1)} %`;
  return `${value.toFixed(0)} %`;
}

/** A plain number with as many digits as it deserves. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return count(value);
  if (size >= 10) return signed(value, size.toFixed(1));
  if (size < 0.0005) return value > 0 ? '< 0.001' : '> −0.001';
  if (size < 0.01) return signed(value, size.toFixed(3));
  return signed(value, size.toFixed(2));
}

function signed(value: number, text: string): string {
  return value < 0 ? `−${text}` : text;
}

export function value(unit: string, of: number | null | undefined): string {
  if (of === null || of === undefined) return '–';
  return unit === 'share' ? percent(of) : number(of);
}

export function interval(unit: string, of: [number, number] | null | undefined): string | null {
  if (!of) return null;
  const [low, high] = of;
  if (unit !== 'share') return `${number(low)}–${number(high)}`;
  const digits = high - low < 0.02 || high < 0.02 ? 1 : 0;
  return `${(low * 100).toFixed(digits)}–${(high * 100).toFixed(digits)} %`;
}

/** How much a value moved: points of a share, or the plain difference, with its sign. */
export function difference(unit: string, by: number): string {
  const size = Math.abs(by);
  if (by === 0) return 'no change';
  if (unit === 'share' && size < 0.0005) return '< 0.1 points';
  if (unit !== 'share' && size < 0.0005) return '< 0.001';
  const text = unit === 'share' ? `${(size * 100).toFixed(1)} points` : size.toFixed(size < 0.1 ? 3 : 2);
  return `${by < 0 ? '−' : '+'}${text}`;
}

/** How many more or fewer, with the sign. */
export function more(by: number): string {
  return `${by < 0 ? '−' : '+'}${grouping.format(Math.abs(by))}`;
}

/** A value beside another that may be near it: one digit more than elsewhere. */
export function precise(unit: string, of: number | null): string {
  if (of === null) return '–';
  return unit === 'share' ? `${(of * 100).toFixed(1)} %` : of.toFixed(3);
}

export function plural(of: number, one: string, many = `${one}s`): string {
  return `${count(of)} ${of === 1 ? one : many}`;
}

/** Hours as people say them. */
export function hours(of: number): string {
  if (of < 1) return plural(Math.max(Math.round(of * 60), 1), 'minute');
  if (of < 48) return plural(Math.round(of), 'hour');
  return plural(Math.round(of / 24), 'day');
}

const DAY = 86_400_000;

export function yearOfDay(day: number): number {
  return new Date(day * DAY).getUTCFullYear();
}

export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}
