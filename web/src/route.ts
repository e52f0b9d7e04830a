/** Where in the page one is: `#/room/what`, so that everything can be linked to. */

import { useEffect, useState } from 'preact/hooks';

export type Route = readonly string[];

export function href(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

export function go(...parts: string[]): void {
  location.hash = href(...parts).slice(1);
}

function parse(hash: string): Route {
  const text = hash.replace(/^#\/?/, '');
  return text.split('/').filter(Boolean).map(decoded);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const moved = (): void => setRoute(parse(location.hash));
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}

/** How far down each entry of the tab's history was read. */
const read = new Map<string, number>();
let entry = '';

history.scrollRestoration = 'manual';
addEventListener('scroll', () => read.set(entry, scrollY), { passive: true });

/** Enters what the address names: how far down it was read, where one comes back to it. */
export function entered(): number | null {
  const state: unknown = history.state;
  const known = typeof state === 'object' && state !== null && 'entry' in state ? String(state.entry) : null;
  if (known !== null && known !== entry) {
    entry = known;
    return read.get(entry) ?? null;
  }
  if (known === null) {
    entry = `${Date.now()}-${read.size}-${Math.random()}`;
    history.replaceState({ entry }, '');
  }
  return null;
}
