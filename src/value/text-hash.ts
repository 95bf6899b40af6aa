/** Tells short texts apart by their length and three of their units, for a table of those seen last. The text is not empty. */
export function textHash(text: string): number {
  const { length } = text;
  return length * 37 + text.charCodeAt(0) + text.charCodeAt(length >> 1) * 131 + text.charCodeAt(length - 1) * 7;
}

/** Tells texts apart by all of their bytes, at least four with those before: what was seen is remembered by it, and no text held on to. */
export function bytesHash(view: DataView, from: number, to: number): number {
  let hash = to - from;
  for (let i = from; i < to - 3; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return Math.imul(hash ^ view.getInt32(to - 4, true), 0x5bd1e995);
}
