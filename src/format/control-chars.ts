/**
 * Makes a pattern when it is first used. V8 reads a literal, and all characters of its Unicode properties, when it loads the file, wherever
 * in it the literal stands: 2 ms for the four patterns (Node 24).
 */
export function whenUsed(source: string, flags: string): () => RegExp {
  let pattern: RegExp | undefined;
  return () => (pattern ??= new RegExp(source, flags));
}

/**
 * Matches one character of those that a terminal obeys or that hide or reorder text: controls (ANSI escapes begin with one),
 * line and paragraph separators, bidirectional marks and overrides, invisible fillers. The joiners that emoji and scripts need are not
 * among them.
 *
 * @see https://trojansource.codes and https://unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const hostile = /* @__PURE__ */ whenUsed(
  "[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\u00ad\\u180e\\u200b\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e007f}]",
  "gu",
);

/** Matches what Go's `unicode.IsPrint` denies: every separator except the space, controls, unassigned and private characters. */
const nonPrinting = /* @__PURE__ */ whenUsed("[^\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]", "gu");

/** Matches what logfmt quotes, beyond what is plainly ASCII. */
const quotable = /* @__PURE__ */ whenUsed('[ ="\\p{Z}\\p{C}\\ufffd]', "u");

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
]);

/** Writes one character as Go's `strconv.Quote` does: `\n`, `\x1b`, `\u202e`, `\U000e0001`. */
function escapeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x20 || code === 0x7f) return SHORT.get(char) ?? `\\x${hex.padStart(2, "0")}`;
  return code < 0x1_00_00 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** Makes text harmless to a terminal and to the eye: what a terminal obeys, or what hides or reorders text, becomes visible. */
export function escapeControls(text: string): string {
  // The one look that ordinary text costs.
  return /^[ -~]*$/.test(text) ? text : text.replace(hostile(), escapeChar);
}

/** Puts text between double quotes so that nothing in it is not printing: Go's `strconv.Quote`. */
function quote(text: string): string {
  const inner = text.toWellFormed().replaceAll(/["\\]/g, "\\$&");
  return `"${/^[ -~]*$/.test(inner) ? inner : inner.replace(nonPrinting(), escapeChar)}"`;
}

/**
 * Quotes text where logfmt needs it: when it is empty or holds a space, `=`, `"`, or what is not printing. A backslash alone does not
 * quote. U+FFFD quotes, as in slog: it stands where text was not well-formed.
 */
export function quoteIfNeeded(text: string): string {
  if (/^[!#-<>-~]+$/.test(text)) return text;
  return text === "" || quotable().test(text) ? quote(text) : text;
}
