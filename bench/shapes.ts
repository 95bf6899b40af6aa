import type { Attrs } from "../src/index.ts";

/** Are 500 call sites, each with a message and keys of its own: what caches of shapes and messages are worn out by. */
const SITES = Array.from({ length: 500 }, (_, site) => ({ message: `step ${site} of the import done`, make: maker(site) }));

export const shapes = {
  message: (i: number): string => SITES[i % 500]?.message ?? "",
  attrs: (i: number): Attrs | undefined => SITES[i % 500]?.make(i),
};

/** Compiles a literal, as a call site of its own would have it: computed keys would cost every library the same, and blur the ratio. */
function maker(site: number): (i: number) => Attrs {
  const middle = site % 2 === 0 ? `rows_${site}: i & 1023, ` : `table_${site}: "orders", ok: true, `;
  // oxlint-disable-next-line typescript/no-implied-eval -- 500 literals
  return new Function("i", `return { id_${site}: i, ${middle}state_${site % 7}: "done", ms: ${(site % 40) / 4} }`) as (
    i: number,
  ) => Attrs;
}
