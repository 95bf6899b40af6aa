/** Cuts a string at a length, never through a surrogate pair, and says by how much. */
export function cutString(text: string, most: number): string {
  if (text.length <= most) return text;
  const code = text.charCodeAt(most - 1);
  const end = code >= 0xd800 && code < 0xdc00 ? most - 1 : most;
  return `${text.slice(0, end)}…[+${text.length - end} chars]`;
}

/** Replaces lone surrogates by U+FFFD: a string that has none costs nothing. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
