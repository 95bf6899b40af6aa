import { describe, expect, test } from "vitest";
import { wantsColor } from "../../src/format/color.ts";

/** As Deno's without a permission. */
const refused = new Proxy(
  {},
  {
    get() {
      throw new Error("NotCapable");
    },
  },
);

const rows: readonly { env: Record<string, string>; tty: boolean; want: boolean; why: string }[] = [
  { env: {}, tty: true, want: true, why: "a terminal is coloured" },
  { env: {}, tty: false, want: false, why: "a pipe is not" },
  { env: { TERM: "dumb" }, tty: true, want: false, why: "a dumb terminal is not" },
  { env: { NO_COLOR: "1" }, tty: true, want: false, why: "NO_COLOR says no" },
  { env: { NO_COLOR: "0" }, tty: true, want: false, why: "NO_COLOR says no whatever it holds" },
  { env: { NO_COLOR: "" }, tty: true, want: true, why: "an empty NO_COLOR says nothing" },
  { env: { FORCE_COLOR: "1" }, tty: false, want: true, why: "FORCE_COLOR says yes" },
  { env: { FORCE_COLOR: "3", TERM: "dumb" }, tty: false, want: true, why: "FORCE_COLOR says yes to a dumb terminal" },
  { env: { FORCE_COLOR: "0" }, tty: true, want: false, why: "FORCE_COLOR=0 says no" },
  { env: { FORCE_COLOR: "false" }, tty: true, want: false, why: "FORCE_COLOR=false says no" },
  { env: { FORCE_COLOR: "" }, tty: false, want: false, why: "an empty FORCE_COLOR says nothing" },
  { env: { NO_COLOR: "1", FORCE_COLOR: "1" }, tty: true, want: false, why: "NO_COLOR wins" },
];

describe("whether to colour", () => {
  test.each(rows)("color: $why ($env)", ({ env, tty, want }) => {
    expect(wantsColor(env, tty)).toBe(want);
  });

  test.each([true, false])("color: where the environment may not be read, the terminal decides (%s)", (tty) => {
    expect(wantsColor(refused, tty)).toBe(tty);
  });
});
