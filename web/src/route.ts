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
