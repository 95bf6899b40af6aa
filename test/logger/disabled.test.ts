import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

describe("a disabled call", () => {
  const output = execFileSync(
    process.execPath,
    ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64", join(import.meta.dirname, "disabled.fixture.ts")],
    {
      encoding: "utf8",
    },
  );
  const bytes = JSON.parse(output) as Readonly<Record<string, number>>;

  // Attributes that exist before the call, since a literal in the call is the caller's own.
  test.each(Object.entries(bytes).filter(([name]) => name !== "enabled"))("allocates nothing: %s", (_name, each) => {
    expect(each).toBeLessThan(0.5);
  });

  test("is seen to allocate where it does, by the same measure", () => {
    expect(bytes["enabled"]).toBeGreaterThan(16);
  });
});
