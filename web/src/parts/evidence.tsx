/** The changes and files behind a number. */

import type { Change } from '../document';
import { count } from '../numbers';

export function Changes({ changes, all, open = false, title }: { changes: readonly Change[]; all: number; open?: boolean; title?: string }) {
  if (changes.length === 0) return null;
  return (
    <details open={open}>
      <summary>
        {title ?? (changes.length < all ? `The latest ${changes.length} of ${count(all)} changes behind it` : `The ${count(all)} changes behind it`)}
      </summary>
      <ul class="changes">
        {changes.map((change) => (
          <li>
            <code>{change.commit.slice(0, 10)}</code> <time>{change.date}</time> <span>{change.subject}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function Files({ files }: { files: readonly string[] }) {
  if (files.length === 0) return null;
  return (
    <details>
      <summary>The files they meet in</summary>
      <ul class="changes">
        {files.map((file) => (
          <li>
            <code>{file}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
