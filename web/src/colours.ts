/** Colours that people who see few of them can tell apart (Okabe and Ito), with a second sign beside each. */

import type { Kind } from './document';

export const KINDS: Record<Kind | 'independent', { name: string; says: string; letter: string }> = {
  hidden: { name: 'Hidden constraint', says: 'change together, no dependency in the code', letter: 'H' },
  leaky: { name: 'Leaky interface', says: 'change together, and one depends on the other', letter: 'L' },
  stable: { name: 'Stable interface', says: 'a dependency, and they change apart', letter: 'S' },
  mechanical: { name: 'Mechanical', says: 'meet through what tools write', letter: 'M' },
  unknown: { name: 'Unknown', says: 'whether one depends on the other cannot be told', letter: '?' },
  independent: { name: 'Independent', says: 'neither depends, they change apart', letter: '' },
};

const TEAMS = [
  '#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#F0E442', '#7A5195', '#8C6D31', '#4B5D67',
  '#A6CEE3', '#B2DF8A',
];

/** A team's colour by its place among those with most to do; grey beyond. */
export function teamColour(rank: number | undefined): string {
  return rank === undefined ? '#9a9a96' : (TEAMS[rank] ?? '#9a9a96');
}

const STEPS = ['#e8f1f5', '#bcd9e6', '#86b8d1', '#4d90b5', '#1f6690', '#0b3c5d'];

/** A share from 0 to 1 in six steps, light to dark. */
export function stepColour(share: number | null): string {
  if (share === null) return '#9a9a96';
  return STEPS[Math.min(STEPS.length - 1, Math.floor(share * STEPS.length))] ?? '#9a9a96';
}

export const STEP_COLOURS: readonly string[] = STEPS;

/** Black or white, whichever can be read on a colour. */
export function inkOn(colour: string): string {
  const part = (at: number): number => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const light = 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
  return light > 0.179 ? '#111111' : '#ffffff';
}
