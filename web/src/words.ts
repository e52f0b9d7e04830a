/** Text as it is shown. */

/** A name as a part of a path is told: its end says most; of a team's name both ends do. */
export function short(name: string, letters: number): string {
  const all = [...name];
  if (all.length <= letters) return name;
  const end = name.startsWith('@') || name.startsWith('group ') ? Math.floor((letters - 1) / 2) : letters - 1;
  return `${all.slice(0, letters - 1 - end).join('')}…${all.slice(all.length - end).join('')}`;
}

/** A sentence begins large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
