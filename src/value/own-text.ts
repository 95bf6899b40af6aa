/** UTF-16 units. */
const LONGEST = 128;

/** Tells a text that may be kept: names and messages are short, and what is longer comes from data. */
export function isShort(text: string | undefined): boolean {
  return text === undefined || text.length <= LONGEST;
}

/**
 * Gives a text as one of its own, for who keeps it for long: what was cut out of a larger text would hold on to all of that (1000 names of baggage,
 * each cut out of 72 kB, kept 72 MB). As the name of a property V8 has it once, and tells at a look that it is the same as one in code.
 */
export function ownText(text: string): string {
  const names = Object.create(null) as { [name: string]: true };
  names[text] = true;
  return Object.keys(names)[0] ?? text;
}
