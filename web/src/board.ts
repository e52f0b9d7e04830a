/** The moves somebody makes in the page, with a way back: kept for as long as the tab is open. */

import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Document, Move } from './document';

type Moves = readonly Move[];

export interface BoardOfMoves {
  moves: Moves;
  canUndo: boolean;
  canRedo: boolean;
  become(next: Moves): void;
  undo(): void;
  redo(): void;
}

interface States {
  past: readonly Moves[];
  moves: Moves;
  future: readonly Moves[];
}

export function useBoard(document: Document): BoardOfMoves {
  const key = `unsnarl-moves ${document.repository} ${document.range.head ?? ''}`;
  const [states, setStates] = useState<States>(() => ({ past: [], moves: kept(key), future: [] }));
  useEffect(() => keep(key, states.moves), [key, states.moves]);
  const become = useCallback((next: Moves) => setStates(({ past, moves }) => ({ past: [...past, moves], moves: next, future: [] })), []);
  const undo = useCallback(() => setStates(({ past, moves, future }) => {
    const last = past[past.length - 1];
    return last ? { past: past.slice(0, -1), moves: last, future: [...future, moves] } : { past, moves, future };
  }), []);
  const redo = useCallback(() => setStates(({ past, moves, future }) => {
    const next = future[future.length - 1];
    return next ? { past: [...past, moves], moves: next, future: future.slice(0, -1) } : { past, moves, future };
  }), []);
  const { past, moves, future } = states;
  return useMemo(() => ({ moves, canUndo: past.length > 0, canRedo: future.length > 0, become, undo, redo }), [states]);
}

function kept(key: string): Moves {
  try {
    const moves: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(moves) ? (moves as Moves) : [];
  } catch {
    return [];
  }
}

function keep(key: string, moves: Moves): void {
  try {
    if (moves.length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(moves));
  } catch {
    // A page from disk may keep nothing.
  }
}
