/**
 * Makes the test of a pattern for loggers' names: `db` stands for `db` and all below it (`db.pool`), `*` for any run of characters. Its
 * time is at most the product of both lengths, whatever the stars: a name may come from data (a regular expression of eight stars took 19 s
 * for a name of 60 characters).
 */
export function namePattern(pattern: string): (name: string) => boolean {
  const [first = "", ...others] = pattern.split("*");
  const last = others.pop();
  return (name) => {
    if (!name.startsWith(first)) return false;
    if (last === undefined) return endsAt(name, first.length);
    let at = first.length;
    for (const part of others) {
      // The leftmost place leaves most for the parts behind.
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return endsBehind(name, last, at);
  };
}

/** Tells whether a text stands somewhere from a place on, such that the name, or one above it, ends there. */
function endsBehind(name: string, last: string, from: number): boolean {
  if (last === "") return true;
  for (let at = name.indexOf(last, from); at >= 0; at = name.indexOf(last, at + 1)) {
    if (endsAt(name, at + last.length)) return true;
  }
  return false;
}

function endsAt(name: string, at: number): boolean {
  return at === name.length || name[at] === ".";
}
