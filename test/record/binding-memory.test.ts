import { describe, expect, test } from "vitest";
import { JsonLineEncoder } from "../../src/format/json-line.ts";
import { Binding } from "../../src/record/binding.ts";
import { createRecord } from "../../src/record/log-record.ts";
import { plainAttrs } from "../../src/record/record-attrs.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { held } from "../held.ts";

describe("what is bound for long does not hold the outputs that came and went", () => {
  const uses: readonly { name: string; use: (binding: Binding) => void }[] = [
    {
      name: "encoders",
      use: (binding) => {
        const batch = { bytes: Buffer.allocUnsafeSlow(1000), length: 0, writing: false };
        new JsonLineEncoder(batch).encode(createRecord({ time: 0, message: "m", binding }));
      },
    },
    {
      name: "limits of their own",
      use: (binding) => void plainAttrs(createRecord({ message: "m", binding }), { ...DEFAULT_LIMITS, depth: 5 }),
    },
  ];
  for (const { name, use } of uses) {
    test(`such as ${name}`, () => {
      const binding = Binding.attrs(undefined, { text: { parts: Array.from({ length: 1000 }, (_, i) => i) } });
      for (let i = 0; i < 100; i++) use(binding);
      const before = held();
      for (let i = 0; i < 1000; i++) use(binding);
      expect(held() - before).toBeLessThan(2e6);
      expect(binding.attrs).toBeDefined();
    });
  }
});

test("any number of outputs find again what they kept", () => {
  const binding = Binding.attrs(undefined, { a: 1 });
  const keepers = Array.from({ length: 50 }, () => ({}));
  for (const [i, keeper] of keepers.entries()) {
    expect(binding.kept(keeper)).toBeUndefined();
    binding.keep(keeper, i);
  }
  expect(keepers.map((keeper) => binding.kept(keeper))).toEqual([...keepers.keys()]);
});
