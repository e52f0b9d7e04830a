/** Copies what is shown as Markdown. */

import { useTable } from '../shown';

/** Text that means nothing to Markdown. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/\s+/g, ' ');
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

export function Copy({ of, what }: { of: () => string; what: string }) {
  const { say } = useTable();
  const copy = async (): Promise<void> => {
    const text = `${of()}\n`;
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied: ${what}`);
    } catch {
      say(copyBySelection(text) ? `Copied: ${what}` : 'The browser does not let this page copy.');
    }
  };
  return (
    <button type="button" class="quiet" onClick={copy} title={`Copy ${what} as Markdown`}>
      Copy<span class="unseen"> {what} as Markdown</span>
    </button>
  );
}

/** Pages opened from disk may have no clipboard but this. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
