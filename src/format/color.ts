/** Paints text for a terminal; without colour it gives the text back. */
export type Paint = (text: string) => string;

/** Are the colours that a format uses, by what they mark. */
export interface Palette {
  readonly dim: Paint;
  readonly bold: Paint;
  readonly name: Paint;
  readonly trace: Paint;
  readonly debug: Paint;
  readonly info: Paint;
  readonly warn: Paint;
  readonly error: Paint;
  readonly fatal: Paint;
}

/**
 * Decides whether output is coloured: no when `NO_COLOR` is set and not empty; else as `FORCE_COLOR` says where it is set and not
 * empty (`0` and `false` say no); else only on a terminal that is not `TERM=dumb`. An environment that may not be read counts as empty.
 *
 * @see https://no-color.org and https://force-color.org
 */
export function wantsColor(env: Env, isTTY: boolean): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: term } = readVariables(env);
  if (no !== undefined && no !== "") return false;
  if (force !== undefined && force !== "") return force !== "0" && force.toLowerCase() !== "false";
  return isTTY && term !== "dumb";
}

type Env = { readonly [name: string]: string | undefined };

/** In Deno a variable takes a permission. Colour is no reason to complain of its want. */
function readVariables(env: Env): Env {
  try {
    const { NO_COLOR, FORCE_COLOR, TERM } = env;
    return { NO_COLOR, FORCE_COLOR, TERM };
  } catch {
    // As if none were set: the terminal decides.
    return {};
  }
}

const same: Paint = (text) => text;
const PLAIN: Palette = {
  dim: same,
  bold: same,
  name: same,
  trace: same,
  debug: same,
  info: same,
  warn: same,
  error: same,
  fatal: same,
};

/** The sixteen colours that every terminal has and every theme adapts; none for plain text, which suits light and dark. */
const COLORED: Palette = {
  dim: sgr("2", "22"),
  bold: sgr("1", "22"),
  name: sgr("35", "39"),
  trace: sgr("90", "39"),
  debug: sgr("36", "39"),
  info: sgr("32", "39"),
  warn: sgr("33", "39"),
  error: sgr("31", "39"),
  fatal: sgr("1;97;41", "22;39;49"),
};

/** Gives the colours of a terminal, or none. */
export function palette(color: boolean): Palette {
  return color ? COLORED : PLAIN;
}

function sgr(on: string, off: string): Paint {
  return (text) => (text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`);
}
