/** Text as it is shown. */

/** A name as a part of a path is told: its end says most. */
export function short(name: string, letters: number): string {
  const all = [...name];
  return all.length <= letters ? name : `…${all.slice(all.length - letters + 1).join('')}`;
}

/** A sentence begins large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
